-- One row: one indicator of $council in the year from $period_start beside one comparator group, with all that is said of it.
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
    coalesce(verdicts.peers, comparisons.comparators) as peers,
    coalesce(verdicts.peers_with_data, comparisons.comparators_with_data) as peers_with_data,
    comparisons.pooled_numerator,
    comparisons.pooled_denominator,
    comparisons.pooled_value,
    comparisons.type_average,
    comparisons.england_average,
    comparisons.sample_mean,
    comparisons.is_fair_sample,
    comparisons.result,
    comparisons.result_reason,
    verdicts.expected,
    verdicts.spread,
    verdicts.p_value,
    if(comparisons.result_reason = 'sample not fair', null, verdicts.verdict) as verdict,
    if(comparisons.result_reason = 'sample not fair', null, verdicts.called) as called,
    verdicts.difference,
    verdicts.difference_lower,
    verdicts.difference_upper,
    verdicts.noticed_below,
    verdicts.noticed_above,
    case
        when verdicts.reason is not null then verdicts.reason
        when figures.doubt is not null then 'doubted'
        when comparisons.result_reason = 'sample not fair' then comparisons.result_reason
        when verdicts.verdict is null then 'missing'
    end as verdict_reason,
    verdicts.lower_cases,
    verdicts.upper_cases,
    verdicts.verdict_one_fewer,
    verdicts.verdict_one_more,
    verdicts.is_same_with_one_case_moved,
    verdicts.tested,
    verdicts.p_value_yekutieli,
    verdicts.is_clear_among_all_tested,
    rankings.gate,
    rankings.rankability,
    rankings.rankability_lower,
    rankings.rankability_upper,
    rankings.rankability_without_one,
    rankings.rank_mean,
    rankings.rank_lower,
    rankings.rank_upper,
    rankings.band,
    case
        when rankings.rank_reason is not null then rankings.rank_reason
        when figures.doubt is not null then 'doubted'
        when rankings.gate is null then 'missing'
    end as rank_reason,
    rankings.best_places,
    rankings.probability_best,
    rankings.best_reason,
    rankings.is_possible_best,
    rankings.probability_of_being_best,
    rankings.possible_best_councils,
    performers.benchmark,
    performers.gap_cases,
    performers.gap_cases_lower,
    performers.gap_cases_upper,
    performers.is_gap_clear,
    performers.probability_ahead,
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
left join marts.verdicts as verdicts
    on
        figures.indicator = verdicts.indicator
        and figures.gss_code = verdicts.gss_code
        and figures.period_start = verdicts.period_start
        and figures.period_end = verdicts.period_end
        and choices.comparator_group = verdicts.comparator_group
left join marts.rankings as rankings
    on
        verdicts.indicator = rankings.indicator
        and verdicts.gss_code = rankings.gss_code
        and verdicts.period_start = rankings.period_start
        and verdicts.period_end = rankings.period_end
        and verdicts.comparator_group = rankings.comparator_group
left join marts.best_performers as performers
    on
        verdicts.indicator = performers.indicator
        and verdicts.gss_code = performers.gss_code
        and verdicts.period_start = performers.period_start
        and verdicts.period_end = performers.period_end
        and verdicts.comparator_group = performers.comparator_group
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
