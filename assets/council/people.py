"""Whether text names a person where a role is wanted. A value that does is never repeated."""

import re
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from assets.council.personal_data import kinds_in
from warehouse.files import declaration

HERE = Path(__file__).parent
INITIAL_AND_SURNAME = re.compile(r"\b[A-Z]\.? ?(?:[A-Z]\.? ?)?[A-Z][a-z'’-]+\b")
ROLE_EXPECTED = "a role, such as complaints manager, and no person's name"


@lru_cache
def role_words() -> frozenset[str]:
    """The words of roles.yml."""
    return frozenset(declaration(HERE / "roles.yml"))


def names_a_person(role: str) -> bool:
    """Whether something meant as a role holds a name, or anything else that is personal."""
    return is_no_role(role) or bool(kinds_in(role, prose=True))


def is_no_role(role: str) -> bool:
    """Whether no word of a role is in it, or capitalised words in a row that are none, as in a name."""
    words = re.findall(r"[^\W\d_]+", role)
    known = [word.lower().removesuffix("s") in _stems() for word in words]
    strangers = [word[0].isupper() and not is_known for word, is_known in zip(words, known, strict=True)]
    in_a_row = any(one and other for one, other in pairwise(strangers))
    initial = any(
        not known_surname(match.group()) for match in INITIAL_AND_SURNAME.finditer(role) if " " in match.group()
    )
    return not any(known) or in_a_row or initial


def known_surname(found: str) -> bool:
    """Whether what looks like an initial and a surname ends in the word of a role, as in `A Team`."""
    return re.findall(r"[A-Za-z]+", found)[-1].lower().removesuffix("s") in _stems()


@lru_cache
def _stems() -> frozenset[str]:
    return frozenset(word.removesuffix("s") for word in role_words()) - {"of"}
