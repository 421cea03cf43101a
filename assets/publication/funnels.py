"""The limits of a funnel, from the same prediction as the verdict."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from assets.wording.words import is_missing
from benchmarking.comparison import funnels
from benchmarking.groups import Groups
from benchmarking.models import IndicatorYear
from benchmarking.settings import Family, Polarity, RankingSettings

POINTS = 48


def limits(
    head: dict[str, Any],
    councils: Sequence[dict[str, Any]],
    comparator_group: str,
    settings: RankingSettings | None = None,
) -> list[dict[str, Any]]:
    """The smallest and largest values not called different, at 95% and 99.8%, for councils of other
    sizes, in the indicator's
    unit: one row a size. Empty where there are too few comparators for a verdict."""
    held = [row for row in councils if not is_missing(row["value"])]
    if is_missing(head["value"]) or not head["is_financial_year"]:
        return []
    per = 1 if head["kind"] == "proportion" else head["per"]
    scale = float(head["per"]) if head["kind"] == "proportion" else 1.0
    bases = np.array([row["denominator"] / per for row in held])
    subject = next((place for place, row in enumerate(held) if row["is_subject"]), None)
    # a council that has been abolished keeps its figures and is among no comparators
    if subject is None:
        return []
    peers = [place for place, row in enumerate(held) if comparator_group in row["comparator_groups"]]
    drawn = bases[[*peers, subject]]
    sizes = np.unique(np.round(np.geomspace(drawn.min() * 0.9, drawn.max() * 1.05, POINTS) * per)) / per
    year = IndicatorYear(
        name=f"{head['indicator']} {head['period_start']}",
        family=Family(head["kind"]),
        polarity=Polarity(head["polarity"]),
        key=np.array([row["gss_code"] for row in held], dtype=object),
        council_type=np.array([row["lgsco_type"] for row in held], dtype=object),
        numerator=np.array([row["numerator"] for row in held], dtype=float),
        denominator=bases,
    )
    found = scale * funnels(year, Groups.of([(subject, peers)]), sizes[sizes > 0], settings)[0]
    if np.isnan(found).any():
        return []
    names = ("lower_998", "lower_95", "upper_95", "upper_998")
    return [
        {"denominator": float(size * per), **dict(zip(names, map(float, row), strict=True))}
        for size, row in zip(sizes[sizes > 0], found, strict=True)
    ]
