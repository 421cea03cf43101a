-- One row: what may be said of $council on one indicator in one year beside one comparator group: verdict, place, benchmark.
select
    verdicts.indicator,
    verdicts.gss_code,
    verdicts.period_start,
    verdicts.period_end,
    verdicts.comparator_group,
    verdicts.peers_with_data,
    verdicts.expected,
    verdicts.p_value,
    verdicts.verdict,
    verdicts.lower_cases,
    verdicts.upper_cases,
    verdicts.verdict_one_fewer,
    verdicts.verdict_one_more,
    verdicts.is_same_with_one_case_moved,
    verdicts.tested,
    verdicts.is_clear_among_all_tested,
    verdicts.reason,
    rankings.gate,
    rankings.rankability,
    rankings.rank_lower,
    rankings.rank_upper,
    rankings.band,
    rankings.rank_reason,
    rankings.best_places,
    rankings.probability_best,
    rankings.best_reason,
    rankings.could_be_best,
    rankings.competition_rank_as_printed,
    best_performers.benchmark,
    best_performers.gap_cases,
    best_performers.gap_cases_lower,
    best_performers.gap_cases_upper,
    best_performers.reason as benchmark_reason,
from marts.verdicts as verdicts
left join marts.rankings as rankings
    on
        verdicts.indicator = rankings.indicator
        and verdicts.gss_code = rankings.gss_code
        and verdicts.period_start = rankings.period_start
        and verdicts.period_end = rankings.period_end
        and verdicts.comparator_group = rankings.comparator_group
left join marts.best_performers as best_performers
    on
        verdicts.indicator = best_performers.indicator
        and verdicts.gss_code = best_performers.gss_code
        and verdicts.period_start = best_performers.period_start
        and verdicts.period_end = best_performers.period_end
        and verdicts.comparator_group = best_performers.comparator_group
where verdicts.gss_code = $council
