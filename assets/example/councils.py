"""The invented councils of the example and what the Ombudsman would have published about them: all of it made up."""

import csv
import datetime as dt
import hashlib
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from assets.example import cases
from warehouse.shipped import ShippedFile, shipped_files

Row = dict[str, Any]
# a domain that nobody can own
SITE = "https://www.example.org/illustrative"
YEARS = tuple(range(2021, 2026))
CASES = 9000
SLUG = "exampleshire-county-council-illustrative"
NAMES = (
    "Exampleshire", "Alderfordshire", "Birchmoorshire", "Cragdaleshire", "Dunwellshire", "Elmhamshire", "Fernshire",
    "Gorsebyshire", "Hazeltonshire", "Ivelshire", "Juniperland", "Kestrelshire", "Larchfordshire", "Mereshire",
    "Nettlecombeshire", "Oakridgeshire",
)  # fmt: skip
REGIONS = ("West Midlands", "East Midlands", "South East", "East of England")
# what a council of the example would have in the long run: upheld of investigated, complied with of recommendations,
# remedied before of upheld, and complied with late of complied with
US = {"upheld": 0.93, "complied": 1.0, "remedied": 0.06, "late": 0.16}
# when the invented improvement plan began to bite
CHANGED = np.datetime64("2025-05-01")


def council(number: int) -> Row:
    """One invented council, as the register of councils has them."""
    name = NAMES[number]
    return {
        "council_id": f"{name.lower()}-county-council-illustrative",
        "council_id_basis": "invented",
        "register_code": "ILL",
        "official_name": cases.COUNCIL if number == 0 else f"{name} County Council (illustrative)",
        "nice_name": f"Illustrative {name}",
        "gss_code": cases.GSS_CODE if number == 0 else f"X999990{number:02d}",
        "type": "county",
        "region": REGIONS[number % len(REGIONS)],
    }


COUNCILS = [council(number) for number in range(len(NAMES))]


def pace(requested: NDArray[np.datetime64]) -> NDArray[np.float64]:
    """How long the steps of a Stage 2 complaint take, as a share of what is usual: less since the plan began."""
    return np.where(requested < CHANGED, 0.92, 0.68)


def _populations() -> list[int]:
    return [int(count) for count in np.random.default_rng(7).integers(480, 1300, len(COUNCILS)) * 1000]


def statistics(years: Sequence[int]) -> tuple[list[Row], list[Row]]:
    """The rows of the statistics pages and of the letters: for each council and year what its page would print."""
    rng = np.random.default_rng(31)
    populations = _populations()
    chances = [
        US
        if number == 0
        else {
            "upheld": rng.uniform(0.6, 0.93),
            "complied": rng.uniform(0.86, 0.98),
            "remedied": rng.uniform(0.05, 0.07),
            "late": rng.uniform(0.05, 0.25),
        }
        for number in range(len(COUNCILS))
    ]
    pages, letters = [], []
    for year in YEARS:
        printed = [_page(chance, people, rng) for chance, people in zip(chances, populations, strict=True)]
        average = _averages(printed, sum(populations))
        for one, people, page in zip(COUNCILS, populations, printed, strict=True):
            late, outcomes = page.pop("late"), page["compliance_outcomes"]
            if year not in years:
                continue
            period = {"period_start": dt.date(year, 4, 1), "period_end": dt.date(year + 1, 3, 31)}
            name = {"slug": one["council_id"], "council_name": one["official_name"]}
            url = f"{SITE}/{one['council_id']}/statistics"
            rates = _rates(page, people)
            pages.append({**name, **period, "layout": "A", **page, **rates, **average, "truncated": 0, "url": url})
            letters.append(_letter(one, year, "recommendations_late", late))
            letters.append(_letter(one, year, "compliance_outcomes", outcomes))
    if years:
        letters.append(_letter(COUNCILS[0], years[-1], "consecutive_years_letter_raised_concern", 3))
    return pages, letters


def _page(chance: Mapping[str, float], people: int, rng: np.random.Generator) -> Row:
    investigated = int(people / 1e6 * rng.uniform(140, 180))
    upheld = int(rng.binomial(investigated, chance["upheld"]))
    outcomes = max(upheld - int(rng.integers(0, 5)), 5)
    complied = int(rng.binomial(outcomes, chance["complied"]))
    not_for_us, closed = (int(investigated * rng.uniform(low, low + 0.3)) for low in (0.7, 1.3))
    return {
        "dealt_with": not_for_us + closed + investigated,
        "not_for_us": not_for_us,
        "assessed_and_closed": closed,
        "investigated": investigated,
        "upheld": upheld,
        "compliance_outcomes": outcomes,
        "complied": complied,
        "satisfactory_remedies": int(rng.binomial(upheld, chance["remedied"])),
        "satisfactory_remedy_upheld_base": upheld,
        "late": int(rng.binomial(complied, chance["late"])),
    }


def _rates(page: Row, people: int) -> Row:
    """The shares of a page as it prints them."""
    complied = page.pop("complied")
    return {
        "uphold_rate_pct": _percent(page["upheld"], page["investigated"]),
        "upheld_per_100k": f"{1e5 * page['upheld'] / people:.1f}",
        "compliance_rate_pct": _percent(complied, page["compliance_outcomes"]),
        "satisfactory_remedy_rate_pct": _percent(page["satisfactory_remedies"], page["upheld"]),
    }


def _averages(pages: Sequence[Row], people: int) -> Row:
    total = {name: sum(page[name] for page in pages) for name in pages[0]}
    return {
        "uphold_rate_similar_avg_pct": _percent(total["upheld"], total["investigated"]),
        "upheld_per_100k_similar_avg": f"{1e5 * total['upheld'] / people:.1f}",
        "compliance_similar_avg_pct": _percent(total["complied"], total["compliance_outcomes"]),
        "satisfactory_remedy_similar_avg_pct": _percent(total["satisfactory_remedies"], total["upheld"]),
    }


def _percent(part: int, whole: int) -> str:
    """A share as a whole per cent, halves rounded up."""
    return str((200 * part + whole) // (2 * whole))


def _letter(one: Row, year: int, measure: str, value: int) -> Row:
    return {
        "council_id": one["council_id"],
        "council_name": one["official_name"],
        "body": "council",
        "year": f"{year}-{(year + 1) % 100:02d}",
        "measure": measure,
        "value": value,
        "unit": "years" if "years" in measure else "recommendations",
        "source_url": f"{SITE}/{one['council_id']}/letter",
    }


def peer_returns() -> pd.DataFrame:
    """What eight of the invented councils returned about Stage 2 on fixed definitions, by the contract's columns."""
    rng = np.random.default_rng(5)
    rows = []
    for one in COUNCILS[1:9]:
        due = int(rng.integers(14, 40))
        in_time = int(rng.binomial(due, rng.uniform(0.25, 0.75)))
        rows.append(
            {
                "gss_code": one["gss_code"],
                "procedure": "children_statutory",
                "stage": "2",
                "period_start": pd.Timestamp(2025, 4, 1),
                "period_end": pd.Timestamp(2026, 3, 31),
                "limit_working_days": 65,
                "fell_due": due,
                "completed_in_time": in_time,
                "still_open": int(rng.integers(0, min(3, due - in_time) + 1)),
                "answered_date": pd.Timestamp(2026, 6, 15),
                "definitions_followed": "yes",
            }
        )
    return pd.DataFrame(rows)


def _reported(one: Row, indicator: str, **figure: Any) -> Row:
    """One figure of a council's own annual report for 2025-26."""
    return {
        "council_id": one["council_id"],
        "council_name": one["official_name"],
        "indicator": indicator,
        "period_start": dt.date(2025, 4, 1),
        "period_end": dt.date(2026, 3, 31),
        "source_url": f"{SITE}/{one['council_id']}/annual-report",
        "locator_paraphrase": "Annual report on complaints (illustrative)",
        **figure,
    }


def published_elsewhere() -> list[Row]:
    """What three others of them publish about Stage 2 in their own reports, which count otherwise."""
    stage_2 = {"procedure": "children_statutory", "stage": "2", "target_working_days": 65, "unit": "percent"}
    return [
        _reported(one, "pct_in_time", value=value, denominator=of_cases, **stage_2)
        for one, value, of_cases in zip(COUNCILS[9:12], (50, 68, 40), (20, 25, 15), strict=True)
    ]


def published_by_us() -> list[Row]:
    """What the example's own council publishes about itself."""
    return [
        _reported(COUNCILS[0], "remedy_gbp", procedure="all", stage="all", value=4200, unit="gbp"),
    ]


def write_data(shipped: Path, folder: Path, years: Sequence[int]) -> Path:
    """The example's data folder with the Ombudsman's figures of these years: reference files as they ship with the
    invented councils added, the practices as they are, and every other figure invented."""
    pages, letters = statistics(years)
    added: dict[str, Iterable[Row]] = {
        "councils": COUNCILS,
        "gss_codes": [
            {
                "gss_code": one["gss_code"],
                "council_id": one["council_id"],
                "current_gss_code": one["gss_code"],
                "is_current_code": 1,
                "basis": "register",
            }
            for one in COUNCILS
        ],
        "populations": [
            {
                "gss_code": one["gss_code"],
                "year": year,
                "population": people,
                "vintage": "ons_rebased_2025",
                "preferred": 1,
                "first_release": 1,
                "source_gss_code": one["gss_code"],
                "source_id": "s01",
            }
            for one, people in zip(COUNCILS, _populations(), strict=True)
            for year in range(YEARS[0] - 2, YEARS[-1] + 1)
        ],
    }
    instead: dict[str, Iterable[Row]] = {
        "statistics_pages": pages,
        "letters_and_press": letters,
        "own_indicators": published_by_us(),
        "peer_indicators": published_elsewhere(),
    }
    for file in shipped_files(shipped):
        name = file.name
        target = folder / file.path.relative_to(shipped)
        # of all that says something about councils, only what they do is real
        if file.path.parent.name == "reference" or name == "practices":
            _write(file, target, file.bytes().decode("utf-8").splitlines(keepends=True)[1:], added.get(name, []))
        else:
            _write(file, target, [], instead.get(name, []))
    return folder


def _write(file: ShippedFile, target: Path, kept: Sequence[str], rows: Iterable[Row]) -> None:
    """One file of the example next to its source file, which says what of it is invented."""
    columns = file.columns()
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    body = "".join(kept)
    text.write(body if body.endswith("\n") or not body else f"{body}\n")
    invented = list(rows)
    writer.writerows(invented)
    content = text.getvalue().encode()
    source = file.source.model_dump() | {"sha256": hashlib.sha256(content).hexdigest()}
    if not kept:
        source |= {
            "title": f"Illustrative: {file.source.title}",
            "producer": "Nobody: invented for the example",
            "landing_page": None,
            "licence": "MIT, as the code",
            "attribution": "Invented figures about councils that do not exist.",
            "note": "Every row is made up.",
            "gathered": "2026-09",
        }
    elif invented:
        source["note"] = f"{file.source.note} The rows of the councils called illustrative are made up."
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    # JSON is YAML too
    target.with_name(file.source_path.name).write_text(json.dumps(source, indent=1), encoding="utf-8")
