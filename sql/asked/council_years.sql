-- One row: the uphold rate of $council or one of its comparators in the group $comparators in one of the newest three financial
-- years, with its counts.
select
    figures.indicator,
    figures.gss_code,
    figures.period_start,
    figures.period_end,
    figures.period_label,
    figures.numerator,
    figures.denominator,
    figures.gss_code = $council as is_ours,
from marts.indicator_values as figures
where
    figures.indicator = 'uphold_rate'
    and figures.is_financial_year
    and not figures.is_after_abolition
    and figures.value is not null
    and figures.denominator > 0
    and (
        figures.gss_code = $council
        or figures.gss_code in (
            select comparators.comparator_gss_code,
            from core.comparators as comparators
            where comparators.gss_code = $council and comparators.comparator_group = $comparators
        )
    )
qualify dense_rank() over (order by figures.period_start desc) <= 3
order by
    figures.period_start asc,
    figures.gss_code asc
