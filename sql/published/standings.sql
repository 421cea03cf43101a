-- One row: what may be said of one council compared with one comparator group on one indicator in one year: verdict, rank, benchmark.
-- Where the comparators with figures are not typical of their type nothing is said of the average; the rank stays.
-- A p-value of a council's indicators with a good direction, in one year and group, is clear where it stays within 5% when all of
-- them are allowed for, whatever their dependence (Benjamini & Yekutieli 2001).
with placed as (
    select
        *,
        if(polarity = 'none', null, p_value) as tested_p_value,
        if(tested_p_value is null, null, count(tested_p_value) over family) as tested,
        row_number() over (family order by tested_p_value asc nulls last) as place,
    from marts.verdicts
    window family as (partition by gss_code, period_start, comparator_group)
),

verdicts as (
    select
        *,
        min(tested_p_value * tested / place) over later
        * list_sum([1 / one for one in range(1, tested + 1)]) <= 0.05 as is_clear_among_all_tested,
    from placed
    window
        later as (
            partition by gss_code, period_start, comparator_group
            order by place asc rows between current row and unbounded following
        )
)

select
    verdicts.indicator,
    verdicts.gss_code,
    verdicts.period_start,
    verdicts.period_end,
    verdicts.comparator_group,
    groups.title as comparator_title,
    councils.lgsco_type,
    verdicts.peers,
    verdicts.peers_with_data,
    verdicts.pooled_value,
    verdicts.expected,
    verdicts.p_value,
    verdicts.spread,
    verdicts.difference,
    if(comparisons.result_reason = 'sample not fair', null, verdicts.verdict) as verdict,
    if(comparisons.result_reason = 'sample not fair', null, verdicts.called) as called,
    verdicts.noticed_below,
    verdicts.noticed_above,
    verdicts.lower_cases,
    verdicts.upper_cases,
    verdicts.verdict_one_fewer,
    verdicts.verdict_one_more,
    verdicts.is_same_with_one_case_moved,
    verdicts.tested,
    verdicts.is_clear_among_all_tested,
    case
        when verdicts.reason is not null then verdicts.reason
        when comparisons.result_reason = 'sample not fair' then comparisons.result_reason
        when verdicts.verdict is null then 'missing'
    end as verdict_reason,
    rankings.gate,
    rankings.rankability,
    rankings.rankability_lower,
    rankings.rankability_upper,
    rankings.rankability_without_one,
    rankings.rank_lower,
    rankings.rank_upper,
    rankings.band,
    coalesce(rankings.rank_reason, if(rankings.gate is null, 'missing', null)) as rank_reason,
    rankings.best_places,
    rankings.is_possible_best,
    rankings.probability_of_being_best,
    best_performers.benchmark,
    best_performers.gap_cases,
    best_performers.is_gap_clear,
    best_performers.reason as benchmark_reason,
    stress_tests.comparator_groups,
    stress_tests.groups_with_verdict,
    stress_tests.is_same_in_all_groups,
from verdicts
inner join core.comparator_groups as groups
    using (comparator_group)
inner join core.councils as councils
    using (gss_code)
left join marts.comparisons as comparisons
    using (indicator, gss_code, period_start, period_end, comparator_group)
left join marts.rankings as rankings
    using (indicator, gss_code, period_start, period_end, comparator_group)
left join marts.best_performers as best_performers
    using (indicator, gss_code, period_start, period_end, comparator_group)
left join marts.stress_tests as stress_tests
    using (indicator, gss_code, period_start, period_end)
