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
    figures.gss_code,
    figures.period_start,
    figures.period_end,
    figures.period_label,
    figures.numerator,
    figures.numerator_basis,
    figures.denominator,
    figures.value,
    figures.lower_95,
    figures.upper_95,
    figures.unit,
    figures.printed_text,
    figures.is_small_base,
    figures.missing_reason,
    figures.doubt,
    figures.limit_days,
    figures.population_year,
    figures.has_disagreement,
    figures.note,
    rates.lower_strong,
    rates.upper_strong,
    rates.shrunken,
    rates.shrunken_lower,
    rates.shrunken_upper,
    coalesce(standings.peers, comparisons.comparators) as peers,
    coalesce(standings.peers_with_data, comparisons.comparators_with_data) as peers_with_data,
    comparisons.pooled_numerator,
    comparisons.pooled_denominator,
    comparisons.pooled_value,
    comparisons.type_average,
    comparisons.england_average,
    comparisons.sample_mean,
    comparisons.is_fair_sample,
    comparisons.result,
    comparisons.result_reason,
    standings.expected,
    standings.spread,
    standings.p_value,
    standings.verdict,
    standings.called,
    standings.difference,
    standings.difference_lower,
    standings.difference_upper,
    standings.noticed_below,
    standings.noticed_above,
    coalesce(
        standings.verdict_reason,
        if(figures.doubt is not null, 'doubted', null),
        if(comparisons.result_reason = 'sample not fair', comparisons.result_reason, null),
        if(standings.verdict is null, 'missing', null)
    ) as verdict_reason,
    standings.lower_cases,
    standings.upper_cases,
    standings.verdict_one_fewer,
    standings.verdict_one_more,
    standings.is_same_with_one_case_moved,
    standings.tested,
    standings.p_value_yekutieli,
    standings.is_clear_among_all_tested,
    standings.gate,
    standings.rankability,
    standings.rankability_lower,
    standings.rankability_upper,
    standings.rankability_without_one,
    standings.rank_mean,
    standings.rank_lower,
    standings.rank_upper,
    standings.band,
    case
        when standings.gate is not null then standings.rank_reason
        when figures.doubt is not null then 'doubted'
        else coalesce(standings.rank_reason, 'missing')
    end as rank_reason,
    standings.best_places,
    standings.probability_best,
    standings.best_reason,
    standings.is_possible_best,
    standings.probability_of_being_best,
    standings.possible_best_councils,
    standings.benchmark,
    standings.gap_cases,
    standings.gap_cases_lower,
    standings.gap_cases_upper,
    standings.is_gap_clear,
    standings.probability_ahead,
    tests.comparator_groups,
    tests.groups_with_verdict,
    tests.is_same_in_all_groups,
    segments.is_break,
    segments.is_flagged,
    segments.what_changed,
from marts.indicator_values as figures
inner join core.indicators as indicators
    on figures.indicator = indicators.indicator
inner join core.councils as councils
    on figures.gss_code = councils.gss_code
cross join core.comparator_groups as choices
left join core.segments as segments
    on
        figures.indicator = segments.indicator
        and figures.period_start = segments.period_start
        and figures.period_end = segments.period_end
left join marts.council_rates as rates
    on
        figures.indicator = rates.indicator
        and figures.gss_code = rates.gss_code
        and figures.period_start = rates.period_start
        and figures.period_end = rates.period_end
left join marts.comparisons as comparisons
    on
        figures.indicator = comparisons.indicator
        and figures.gss_code = comparisons.gss_code
        and figures.period_start = comparisons.period_start
        and figures.period_end = comparisons.period_end
        and choices.comparator_group = comparisons.comparator_group
left join published.standings as standings
    on
        figures.indicator = standings.indicator
        and figures.gss_code = standings.gss_code
        and figures.period_start = standings.period_start
        and figures.period_end = standings.period_end
        and choices.comparator_group = standings.comparator_group
left join marts.stress_tests as tests
    on
        figures.indicator = tests.indicator
        and figures.gss_code = tests.gss_code
        and figures.period_start = tests.period_start
        and figures.period_end = tests.period_end
where
    figures.gss_code = $council
    and figures.period_start = $period_start
    and figures.is_financial_year
    and not figures.is_after_abolition
    and ($indicator = '' or figures.indicator = $indicator)
    and ($comparators = '' or choices.comparator_group = $comparators)
order by indicators.report_order, choices.comparator_group
