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
    numbers = {name: year.scale * column for name, column in vars(found).items() if name != "reason"}
    return (
        compared.period
        | {"gss_code": compared.codes[has_part]}
        | {name: column[has_part] for name, column in (numbers | {"reason": found.reason}).items()}
    )


def _has_verdict(compared: Compared) -> Booleans:
    return np.asarray(compared.result.groups.reason == Reason.OK)


def verdicts(compared: Compared) -> Part:
    """Each council's count and what its peers lead one to expect."""
    year, found = compared.year, compared.result.groups
    judged, average, surprise = found.judgement, found.average, found.surprise
    is_there = _has_verdict(compared)
    return compared.group_key | {
        "polarity": str(year.polarity),
        "peers": found.peers,
        "peers_with_data": found.peers_with_data,
        "pooled_value": year.scale * found.pooled,
        "expected": year.scale * judged.expected,
        "spread": judged.spread,
        "p_value": surprise.p_value,
        "verdict": judged.verdict,
        "difference": year.scale * average.difference,
        "difference_lower": year.scale * average.lower,
        "difference_upper": year.scale * average.upper,
        "direction": judged.direction,
        "noticed_below": year.scale * average.noticed_below,
        "noticed_above": year.scale * average.noticed_above,
        "result": judged.result,
        "called": known(called(judged.direction, judged.verdict, judged.result, year.polarity), is_there),
        "lower_cases": known(surprise.lower, is_there),
        "upper_cases": known(surprise.upper, is_there),
        "verdict_one_fewer": judged.verdict_one_fewer,
        "verdict_one_more": judged.verdict_one_more,
        "is_same_with_one_case_moved": known(judged.survives_one_case, is_there),
        "reason": found.reason,
    }


def rankings(compared: Compared) -> Part:
    """What may be said of each council's place."""
    found = compared.result.groups
    is_there = _has_verdict(compared) & (compared.year.polarity is not Polarity.NONE)
    has_ranks = np.asarray((found.rank_reason == Reason.OK) & (found.rankability.gate == Gate.RANKS))
    has_bands = np.asarray((found.rank_reason == Reason.OK) & (found.rankability.gate != Gate.NOTHING))
    has_best = np.asarray(found.best_reason == Reason.OK)
    # where the spread cannot be measured the true best is left out too often (docs/calibration.md)
    has_list = is_there & np.asarray(found.rank_reason != Reason.TOO_FEW_OUTCOMES)
    rank_reason = found.rank_reason.copy()
    rank_reason[has_bands & ~has_ranks] = Reason.PARTLY_CHANCE.value
    return compared.group_key | {
        "peers_with_data": found.peers_with_data,
        "gate": found.rankability.gate,
        "rankability": found.rankability.rho,
        "rankability_lower": found.rankability.lower,
        "rankability_upper": found.rankability.upper,
        "rankability_without_one": found.rankability.without_one,
        "rank_lower": known(found.ranks.lower, has_ranks),
        "rank_upper": known(found.ranks.upper, has_ranks),
        "band": known(found.standing.band, has_bands & (found.standing.band > 0)),
        "rank_reason": rank_reason,
        "best_places": known(found.ranks.best_places, has_best),
        "probability_best": known(found.ranks.probability_best, has_best),
        "is_possible_best": known(found.best.could_be, has_list),
        "probability_of_being_best": known(found.best.probability, has_list),
        "possible_best_councils": known(found.best.many, has_list),
    }


def best_performers(compared: Compared) -> Part:
    """The best performers' true rate, and how many of our cases lie between us and it."""
    found, scale = compared.result.groups, compared.year.scale
    reason = found.reason.copy()
    if compared.year.polarity is Polarity.NONE:
        reason[reason == Reason.OK] = Reason.NO_POLARITY.value
    return compared.group_key | {
        "peers_with_data": found.peers_with_data,
        "benchmark": scale * found.standing.benchmark,
        "gap_cases": found.gap.cases,
        "gap_cases_lower": found.gap.lower,
        "gap_cases_upper": found.gap.upper,
        "is_gap_clear": known(found.gap.is_clear, ~np.isnan(found.gap.cases)),
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
