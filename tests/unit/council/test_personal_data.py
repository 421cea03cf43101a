"""How much personal data is found, and how often something else is taken for it. `python -m pytest -s` prints both.

`places.txt` is every eighth British town or village of GeoNames (CC BY 4.0).
"""

import csv
import re
from collections.abc import Callable
from itertools import product
from pathlib import Path
from random import Random

import pyarrow as pa
import pytest
import yaml

from assets.council.mapping import MappingError, read_mapping
from assets.council.personal_data import kinds_in, looks_personal, stored_name

ROOT = Path(__file__).parents[3]
CASES = ROOT / "tests" / "cases" / "personal"
SENTENCES = [
    "Thank you to {} for the quick answer.",
    "{} rang about the delay at Stage 2.",
    "The officer, {}, was kind and clear",
    "Ask {} for the report by June 2026",
    "{}",
]
MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
          "December"]  # fmt: skip


def names(dice: Random) -> list[str]:
    """Made-up combinations of a given name and a surname of one origin."""
    lists = yaml.safe_load((CASES / "names.yml").read_text(encoding="utf-8")).values()
    return [f"{given} {surname}" for each in lists for given, surname in product(each["given"], each["surname"])]


def addresses(dice: Random) -> list[str]:
    """Addresses of streets that were made up."""
    first = [
        "Elder",
        "Tanners",
        "St Oswald's",
        "Lower Mill",
        "Station",
        "Gainsborough",
        "Wetherby Green",
        "Ash",
    ]
    last = ["Road", "Street", "Avenue", "Lane", "Close", "Drive", "Way", "Court", "Crescent", "Rd", "St", "Gardens",
            "Terrace", "Grove"]  # fmt: skip
    ways = ["{n} {a} {z}", "{n}a {a} {z}", "Flat {n}, {a} {z}", "{n}, {a} {z}", "No {n} {a} {z}, Anytown",
            "Rose Cottage, {a} {z}"]  # fmt: skip
    drawn = [(dice.choice(ways), dice.choice(first), dice.choice(last)) for _ in range(300)]
    return [
        # a house that has a name stands in a lane or a street, not in a court
        way.format(n=dice.randrange(1, 300), a=street, z="Lane" if "Cottage" in way else kind)
        for way, street, kind in drawn
    ]


def births(dice: Random) -> list[str]:
    """Dates of birth in the ways that people write them."""
    ways = ["DOB {d:02}/{m:02}/{y}", "born {d} {month} {y}", "{d:02}/{m:02}/{y}", "d.o.b. {d}.{m}.{yy:02}",
            "date of birth: {y}-{m:02}-{d:02}", "{d} {month} {y}", "born in {y}", "{month} {d}, {y}", "{d}-{mon}-{y}",
            "{y}-{m:02}-{d:02}", "D.O.B {d:02}{m:02}{y}"]  # fmt: skip
    found = []
    for _ in range(300):
        month, year = dice.randrange(12), dice.randrange(1935, 2018)
        found.append(
            dice.choice(ways).format(
                d=dice.randrange(1, 29),
                m=month + 1,
                month=MONTHS[month],
                mon=MONTHS[month][:3],
                y=year,
                yy=year % 100,
            )
        )
    return found


def phones(dice: Random) -> list[str]:
    """Telephone numbers in every writing, all in the ranges that are kept for drama."""
    ways = ["07700 900{n:03}", "07700900{n:03}", "+44 7700 900{n:03}", "0044 7700 900{n:03}", "+44 (0)7700 900{n:03}",
            "07700.900.{n:03}", "07700-900-{n:03}", "(01632) 960{n:03}", "01632 960 {n:03}", "01632.960{n:03}",
            "020 7946 0{n:03}", "(0)1632 960{n:03}", "7700 900{n:03}", "0 7 7 0 0 9 0 0 {s}", "00447700900{n:03}",
            "01632/960{n:03}", "+447700900{n:03}"]  # fmt: skip
    return [
        dice.choice(ways).format(n=(number := dice.randrange(1000)), s=" ".join(f"{number:03}")) for _ in range(300)
    ]


@pytest.mark.parametrize(
    ("kind", "planted"), [("name", names), ("address", addresses), ("birth", births), ("phone", phones)]
)
def test_at_least_95_percent_of_what_is_planted_in_free_text_is_found(
    kind: str, planted: Callable[[Random], list[str]]
) -> None:
    dice = Random(20)
    texts = [dice.choice(SENTENCES).format(each) for each in planted(dice)]
    found = looks_personal(pa.array(texts), prose=True).get(kind, [False] * len(texts))
    missed = [text for text, is_found in zip(texts, found, strict=True) if not is_found]
    print(f"{kind}: {len(texts) - len(missed)} of {len(texts)} found; missed {missed[:12]}")
    assert len(missed) <= 0.05 * len(texts), missed[:20]


@pytest.mark.parametrize("prose", [False, True])
def test_at_most_1_percent_of_services_places_and_organisations_are_taken_for_personal_data(
    prose: bool,
) -> None:
    texts = [
        line for name in ("not_people.txt", "places.txt") for line in (CASES / name).read_text("utf-8").splitlines()
    ]
    with (ROOT / "data" / "reference" / "councils.csv").open(encoding="utf-8") as file:
        texts += [row["official_name"] for row in csv.DictReader(file)]
    found = looks_personal(pa.array(texts), prose=prose)
    wrong = [(text, kind) for kind, flags in found.items() for text, is_hit in zip(texts, flags, strict=True) if is_hit]
    print(f"{len(wrong)} of {len(texts)} taken for personal data: {wrong}")
    assert len(texts) >= 500 and len({text for text, _ in wrong}) <= 0.01 * len(texts), wrong


@pytest.mark.parametrize(
    "text",
    [
        "Raised with the panel on 12 June 2026",
        "Due 01.04.2026 - 30.09.2026, reported in May",
        "20 days from the request, 65 at most, 3 of 8 in time",
        "2024001234",
        "Stage 2 close-down and Stage 1 responses, Q2 2026-27",
        "Cabinet of 14/07/2026, item 7",
        "The Children Act 1989 and the regulations of 2006",
        "£1,250 for the delay",
        "Victoria Street depot",
        "Sir Robert Pattinson Academy",
        "Robert Jones and Agnes Hunt Hospital",
        "Dr Barnardo's Homes",
        "Thank you for a quick and helpful answer about my bin",
        "Highways, Transport",
    ],
)
def test_what_a_plan_or_a_compliment_says_of_days_counts_and_places_is_not_personal(text: str) -> None:
    assert kinds_in(text, prose=True) == []


@pytest.mark.parametrize("text", ["priya patel", "AGNIESZKA KOWALSKA", "Patel, Priya", "J. Okafor", "June Hargreaves",
                                  "Rang Ngozi Eze-Nwosu",
                                  "Dr Okafor of the Trust", "Mr Ward", "Mary Norton"])  # fmt: skip
def test_a_name_is_found_however_it_is_written(text: str) -> None:
    assert kinds_in(text) == ["names of people"]


@pytest.mark.parametrize(
    "line",
    [
        "values: {service: {Potholes: jane_smith}}",
        "values: {service: {Potholes: Priya Patel}}",
        "constants: {channel: j.okafor@example.org}",
        "not_personal: {case_reference: [postcode]}\nchecked_by: Agnieszka Kowalska",
    ],
)
def test_a_mapping_that_would_keep_a_name_is_refused_without_repeating_it(tmp_path: Path, line: str) -> None:
    path = tmp_path / "mapping.yml"
    path.write_text(line, encoding="utf-8")
    with pytest.raises(MappingError) as refused:
        read_mapping(path)
    assert not re.search("jane|priya|okafor|agnieszka", str(refused.value), re.IGNORECASE)


def test_a_file_name_is_kept_as_its_hash_and_ending() -> None:
    kept = stored_name("Complaint of Jane Smith.XLSX")
    assert re.fullmatch(r"[0-9a-f]{12}\.xlsx", kept)
    assert kept != stored_name("Complaint of John Smith.XLSX")
