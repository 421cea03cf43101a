-- One row: the latest financial year in which one council has a figure for one indicator; a printed percentage without its
-- number of cases counts as a figure, because that is what was published.
select
    values.indicator,
    values.gss_code,
    arg_max(values.period_start, values.period_end) as period_start,
    max(values.period_end) as period_end,
    arg_max(values.period_label, values.period_end) as period_label,
from marts.indicator_values as values
where values.value is not null or values.printed_value is not null
group by values.indicator, values.gss_code
