-- One row: one financial year of one indicator of $council compared with one comparator group, and the stretch of comparable
-- years that it lies in. Years in which neither has a figure are left out.
select
    figures.*,
    named.comparator_group,
    comparisons.comparators,
    comparisons.comparators_with_data,
    comparisons.pooled_numerator,
    comparisons.pooled_denominator,
    comparisons.pooled_value,
    segments.segment,
    segments.is_break,
    segments.is_flagged,
    segments.what_changed,
from marts.indicator_values as figures
cross join core.comparator_groups as named
left join marts.comparisons as comparisons
    using (indicator, gss_code, period_start, period_end, comparator_group)
left join core.segments as segments
    using (indicator, period_start, period_end)
where
    figures.gss_code = $council
    and figures.is_financial_year
    and (
        figures.value is not null
        or figures.printed_text is not null
        or figures.doubt is not null
        or comparisons.comparators_with_data > 0
    )
order by named.comparator_group, figures.indicator, figures.period_start
