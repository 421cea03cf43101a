"""Whether a text names a person, judged by its words: names of many origins, ordinary words, places, services.

The names come from Faker, the ordinary words from pyspellchecker, the words of places, services and organisations from
personal_data.yml and the register of councils (docs/adr says why these, and what was measured).
"""

from __future__ import annotations

import importlib
import pkgutil
import re
import unicodedata
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from warehouse.files import declaration

HERE = Path(__file__).parent
COUNCILS = HERE.parents[1] / "data" / "reference" / "councils.csv"
# words of a run: letters with what names have between them
WORD = re.compile(r"[^\W\d_]+(?:['’`.-][^\W\d_]+)*['’]?")
LETTERS = str.maketrans({"ł": "l", "Ł": "L", "ı": "i", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ß": "s", "æ": "a"})
PLACE_ENDING = re.compile(
    r".{2,}(?:ton|ham|ley|bury|ford|worth|wick|thorpe|stead|combe|hurst|minster|borough|cester|chester|mouth|field|"
    r"wood|bridge|stone|don|shire|stow|port|haven|cote|hampton|wold|dale|gate|brook|ingham|pool|well|sea|side|moor|"
    r"cliffe|holme|sby|by|mere|marsh|church|head|land|lands)s?"
)
MONTH = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    "nov(?:ember)?|dec(?:ember)?"
)
# what is read as a date holds no name, although April, May and June are names
DATE = re.compile(
    rf"\b(?:(?:by|early|end|for|from|in|late|mid|of|since|to|until|and|\d{{1,2}}(?:st|nd|rd|th)?(?: of)?)[ -]+"
    rf"(?:{MONTH})\b(?:,? \d{{2,4}})?|(?:{MONTH}),? (?:\d{{1,4}}|to|and)\b)",
    re.IGNORECASE,
)
# what parts the words of a name: spaces, and a full stop after an initial
GAP = {False: re.compile(r"\s+"), True: re.compile(r"\.? ?\s*")}
# a word that is written less often may be a name
ORDINARY = 60
# a village named after who held it: Milton Keynes, Stoke Mandeville, Thorpe Bassett
HELD_PLACE = re.compile(r".{2,}(?:ton|thorpe?|combe|stoke|worth|ford|bury|by)|stoke|combe|thorpe?|ampney|lydiard")
# words of a name that are written large or small, or joined to the next
PARTICLES = (
    "al", "ap", "bin", "bint", "da", "das", "de", "del", "dela", "der", "di", "dos", "el", "ibn", "la", "van",
)  # fmt: skip


class Words(NamedTuple):
    """The words of each kind, in lower case without accents."""

    given: frozenset[str]
    surnames: frozenset[str]
    ordinary: frozenset[str]
    places: frozenset[str]
    never: frozenset[str]
    british: frozenset[str]
    small_places: frozenset[str]
    first_of_places: frozenset[str]


def plain(word: str) -> str:
    """A word in lower case and without accents or apostrophes, so that every writing of a name is the same."""
    letters = unicodedata.normalize("NFKD", re.sub("['’`]s$", "", word).translate(LETTERS))
    return "".join(letter for letter in letters if letter.isalpha()).casefold()


@lru_cache
def words() -> Words:
    """Every word that tells a name from what is none."""
    from faker.providers.person import en_GB as british
    from spellchecker import SpellChecker

    given, surnames = _names_of_the_world()
    counted = SpellChecker(distance=1).word_frequency
    ordinary = frozenset(plain(word) for word, times in counted.items() if times >= ORDINARY)
    said = declaration(HERE / "personal_data.yml")
    councils = pd.read_csv(COUNCILS, usecols=["official_name", "nice_name", "alternative_names", "region"], dtype=str)
    places = {plain(word) for cell in councils.stack() for word in WORD.findall(str(cell))}
    return Words(
        given | _alone(),
        surnames,
        ordinary,
        frozenset(places),
        frozenset(said["words_of_no_name"]),
        _parts(british.Provider, "last"),
        frozenset(said["small_places"]),
        frozenset(said["first_of_places"]),
    )


def _names_of_the_world() -> tuple[frozenset[str], frozenset[str]]:
    """Given names and surnames of every country that Faker has in Latin letters."""
    import faker.providers.person as person

    providers = [
        importlib.import_module(f"{person.__name__}.{country.name}").Provider
        for country in pkgutil.iter_modules(person.__path__)
    ]
    given, surnames = (
        frozenset().union(*(_parts(provider, kind) for provider in providers)) for kind in ("first", "last")
    )
    return given, surnames


def _parts(provider: type, kind: str) -> frozenset[str]:
    """The words of a country's given names or surnames in Latin letters."""
    listed = [
        names
        for name, names in vars(provider).items()
        if "name" in name and ("last" in name) == (kind == "last") and isinstance(names, tuple | list | dict)
    ]
    parts = {plain(part) for names in listed for name in names if "{" not in str(name) for part in str(name).split()}
    return frozenset(part for part in parts if part.isascii() and len(part) > 1)


def names_somebody(text: str) -> bool:
    """Whether words in a row of the text read as a person's name, and nothing in the row says that it is a place, a
    service or an organisation."""
    text = DATE.sub(" ; ", text)
    if turned := re.fullmatch(r"\s*([^\W\d]+), ?([^\W\d]+)\s*", text):
        text = f"{turned[2]} {turned[1]}"
    return any(_is_name(run) for run in _runs(text))


def _runs(text: str) -> list[list[str]]:
    """The runs of words that only spaces part, each word capitalised or each in small letters."""
    runs: list[list[str]] = []
    before: re.Match[str] | None = None
    for word in WORD.finditer(text):
        # al-Masri and El Amin are written as Masri and Amin are
        last = re.sub(rf"(?i)^(?:{'|'.join(PARTICLES)})-", "", word.group())
        joined = before is not None and bool(GAP[len(before.group()) == 1].fullmatch(text[before.end() : word.start()]))
        if joined and plain(last) in PARTICLES:
            before = word
            continue
        if joined and runs and runs[-1][-1][0].isupper() == last[0].isupper():
            runs[-1].append(last)
        else:
            runs.append([last])
        before = word
    return runs


@lru_cache
def _alone() -> frozenset[str]:
    """Given names that are a hit by themselves."""
    return frozenset(map(plain, declaration(HERE / "personal_data.yml")["given_names"]))


def _is_name(run: list[str]) -> bool:
    parts = [plain(word) for word in run]
    # most values are codes, for which no list need be read
    if len(run) == 1:
        return run[0][0].isupper() and parts[0] in _alone()
    known = words()
    small = run[0][0].islower()
    if small:
        # in prose only a given name that is nothing else stands out
        return any(
            one in known.given - known.ordinary - known.never and other in known.surnames - known.never
            for one, other in pairwise(parts)
        )
    if any(part in known.never for part in parts):
        return False
    if not _alone().isdisjoint(parts) and not any(_kind(part) == "place" for part in parts):
        return True
    return any(
        _is_pair(one, other, written) for (one, other), written in zip(pairwise(parts), pairwise(run), strict=True)
    )


def _is_pair(one: str, other: str, written: tuple[str, str]) -> bool:
    """Whether two words in a row are a given name and a surname, or words that are nothing else."""
    known = words()
    kinds = [_kind(part) for part in (one, other)]
    if len(one) == 1:
        return one not in "ai" and written[0].isupper() and (other in known.surnames or kinds[1] == "unknown")
    if any(word.isupper() and len(word) < 4 for word in written) and not all(word.isupper() for word in written):
        return False
    shouted = all(word.isupper() for word in written)
    named = [part in known.given or part in known.surnames for part in (one, other)]
    if shouted and not (any(named) and (all(named) or "ordinary" not in kinds)):
        return False
    if other in known.british and (other not in known.small_places or one in known.given):
        kinds[1] = "ordinary"
    if one in known.first_of_places and one not in known.given:
        return False
    if HELD_PLACE.fullmatch(one) and one not in _alone():
        return False
    if "place" in kinds:
        return one in known.given and (kinds[0] != "place" or (other in known.surnames and kinds[1] != "place"))
    if all(kind == "ordinary" for kind in kinds):
        return one in known.given and other in known.surnames
    if "ordinary" in kinds:
        # Priya Brown, but not Ubico Waste
        return all(named) or (one in known.given and kinds[1] == "unknown") or (kinds[0] == "unknown" and named[1])
    return True


def _kind(part: str) -> str:
    """unknown, ordinary or place."""
    known = words()
    if part in known.places or part in known.small_places or part.startswith("llan") or PLACE_ENDING.fullmatch(part):
        return "place"
    return "ordinary" if part in known.ordinary else "unknown"
