"""What each indicator-year's comparison says, as the rows of relations."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from assets.benchmark.tables import Booleans, Compared, known
from benchmarking.average import called
from benchmarking.learning import teachers
from benchmarking.settings import Gate, Polarity, RankingSettings, Reason

Part = Mapping[str, Any]


def council_rates(compared: Compared) -> Part:
    """Each council's own value with its intervals, and its true rate drawn towards its type."""
    year, found = compared.year, compared.result.councils
    has_part = year.has_part
    numbers = {
        "value": found.value,
        "lower": found.lower,
        "upper": found.upper,
        "lower_strong": found.lower_strong,
        "upper_strong": found.upper_strong,
        "shrunken": found.shrunken,
        "shrunken_lower": found.shrunken_lower,
        "shrunken_upper": found.shrunken_upper,
    }
    return compared.period | {
        "gss_code": compared.codes[has_part],
        **{name: year.scale * column[has_part] for name, column in numbers.items()},
        "reason": found.reason[has_part],
    }


def _has_verdict(compared: Compared) -> Booleans:
    return np.asarray(compared.result.groups.reason == Reason.OK)


def verdicts(one: Compared) -> Part:
    """Each council's count and what its peers lead one to expect."""
    year, found = one.year, one.result.groups
    is_there = _has_verdict(one)
    return one.group_key | {
        "polarity": str(year.polarity),
        "peers": found.peers,
        "peers_with_data": found.peers_with_data,
        "pooled_value": year.scale * found.pooled,
        "expected": year.scale * found.expected,
        "spread": found.spread,
        "p_value": found.p_value,
        "verdict": found.verdict,
        "difference": year.scale * found.difference,
        "difference_lower": year.scale * found.difference_lower,
        "difference_upper": year.scale * found.difference_upper,
        "direction": found.direction,
        "noticed_below": year.scale * found.noticed_below,
        "noticed_above": year.scale * found.noticed_above,
        "result": found.result,
        "called": known(called(found.direction, found.verdict, found.result, year.polarity), is_there),
        "lower_cases": known(found.lower_count, is_there),
        "upper_cases": known(found.upper_count, is_there),
        "verdict_one_fewer": found.verdict_one_fewer,
        "verdict_one_more": found.verdict_one_more,
        "is_same_with_one_case_moved": known(found.survives_one_case, is_there),
        "reason": found.reason,
    }


def rankings(compared: Compared) -> Part:
    """What may be said of each council's place."""
    found = compared.result.groups
    is_there = _has_verdict(compared) & (compared.year.polarity is not Polarity.NONE)
    has_ranks = np.asarray((found.rank_reason == Reason.OK) & (found.gate == Gate.RANKS))
    has_bands = np.asarray((found.rank_reason == Reason.OK) & (found.gate != Gate.NOTHING))
    has_best = np.asarray(found.best_reason == Reason.OK)
    # where the spread cannot be measured the true best is left out too often (docs/calibration.md)
    has_list = is_there & np.asarray(found.rank_reason != Reason.TOO_FEW_OUTCOMES)
    rank_reason = found.rank_reason.copy()
    rank_reason[has_bands & ~has_ranks] = Reason.PARTLY_CHANCE.value
    return compared.group_key | {
        "peers_with_data": found.peers_with_data,
        "gate": found.gate,
        "rankability": found.rankability,
        "rankability_lower": found.rankability_lower,
        "rankability_upper": found.rankability_upper,
        "rankability_without_one": found.rankability_without_one,
        "rank_lower": known(found.rank_lower, has_ranks),
        "rank_upper": known(found.rank_upper, has_ranks),
        "band": known(found.band, has_bands & (found.band > 0)),
        "rank_reason": rank_reason,
        "best_places": known(found.best_places, has_best),
        "probability_best": known(found.probability_best, has_best),
        "is_possible_best": known(found.could_be_best, has_list),
        "probability_of_being_best": known(found.probability_first, has_list),
        "possible_best_councils": known(found.possible_bests, has_list),
    }


def best_performers(compared: Compared) -> Part:
    """The best performers' true rate, and how many of our cases lie between us and it."""
    found, scale = compared.result.groups, compared.year.scale
    reason = found.reason.copy()
    if compared.year.polarity is Polarity.NONE:
        reason[reason == Reason.OK] = Reason.NO_POLARITY.value
    return compared.group_key | {
        "peers_with_data": found.peers_with_data,
        "benchmark": scale * found.benchmark,
        "gap_cases": found.gap,
        "gap_cases_lower": found.gap_lower,
        "gap_cases_upper": found.gap_upper,
        "is_gap_clear": known(found.is_gap_clear, ~np.isnan(found.gap)),
        "reason": reason,
    }


def learn_from(compared: Compared, settings: RankingSettings) -> Part:
    """The peers that are likely better, the furthest ahead first."""
    found, scale = compared.result.groups, compared.year.scale
    groups, likeness = found.groups, compared.named.likeness
    # A tie of leads is a percentage point of a share, or a hundredth of a case per `per` residents.
    best = teachers(
        groups,
        found.probability_peer_better,
        compared.result.councils.shrunken,
        settings,
        np.where(np.isnan(likeness), np.inf, likeness),
    )
    return compared.period | {
        "gss_code": compared.codes[groups.subject[best.row]],
        "comparator_group": compared.named.comparator_group[best.row],
        "peer_gss_code": compared.codes[best.peer],
        "learn_order": best.order,
        "probability": best.probability,
        "lead": scale * best.lead,
    }
