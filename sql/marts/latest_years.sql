-- One row: the latest financial year in which one council has a figure for one indicator; a printed percentage without its
-- number of cases counts as a figure, because that is what was published.
select
    figures.indicator,
    figures.gss_code,
    arg_max(figures.period_start, figures.period_end) as period_start,
    max(figures.period_end) as period_end,
    arg_max(figures.period_label, figures.period_end) as period_label,
from marts.indicator_values as figures
where figures.value is not null or figures.printed_value is not null
group by figures.indicator, figures.gss_code
