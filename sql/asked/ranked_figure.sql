-- One row: one indicator of $council in the year from $period_start compared with one comparator group, with all that is said of it.
-- Without $indicator every indicator, and without $comparators every group.
select
    indicators.indicator,
    indicators.title,
    indicators.definition,
    indicators.caution,
    indicators.polarity,
    councils.nice_name,
    councils.official_name,
    councils.lgsco_type,
    choices.comparator_group,
    choices.title as comparator_title,
    choices.basis as comparator_basis,
    figures.* exclude (indicator),
    rates.lower_strong,
    rates.upper_strong,
    rates.shrunken,
    rates.shrunken_lower,
    rates.shrunken_upper,
    averages.councils,
    averages.councils_with_figure,
    comparisons.* exclude (
        indicator, gss_code, period_start, period_end, period_label, comparator_group, value
    ),
    standings.* exclude (
        indicator, gss_code, period_start, period_end, comparator_group, comparator_title, lgsco_type,
        pooled_value, verdict_reason, rank_reason, comparator_groups, groups_with_verdict,
        is_same_in_all_groups
    ),
    coalesce(
        standings.verdict_reason,
        if(figures.doubt is not null, 'doubted', null),
        if(comparisons.result_reason = 'sample not fair', comparisons.result_reason, null),
        if(standings.verdict is null, 'missing', null)
    ) as verdict_reason,
    case
        when standings.gate is not null then standings.rank_reason
        when figures.doubt is not null then 'doubted'
        else coalesce(standings.rank_reason, 'missing')
    end as rank_reason,
    tests.comparator_groups,
    tests.groups_with_verdict,
    tests.is_same_in_all_groups,
    segments.is_break,
    segments.is_flagged,
    segments.what_changed,
from marts.indicator_values as figures
inner join core.indicators as indicators
    using (indicator)
inner join core.councils as councils
    using (gss_code)
cross join core.comparator_groups as choices
left join core.segments as segments
    using (indicator, period_start, period_end)
left join marts.council_rates as rates
    using (indicator, gss_code, period_start, period_end)
left join marts.comparisons as comparisons
    using (indicator, gss_code, period_start, period_end, comparator_group)
left join marts.type_averages as averages
    using (indicator, lgsco_type, period_start, period_end)
left join published.standings as standings
    using (indicator, gss_code, period_start, period_end, comparator_group)
left join marts.stress_tests as tests
    using (indicator, gss_code, period_start, period_end)
where
    figures.gss_code = $council
    and figures.period_start = $period_start
    and figures.is_financial_year
    and not figures.is_after_abolition
    and ($indicator = '' or figures.indicator = $indicator)
    and ($comparators = '' or choices.comparator_group = $comparators)
order by indicators.report_order, choices.comparator_group
