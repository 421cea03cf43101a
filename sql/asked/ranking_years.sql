-- One row: one financial year in which $indicator has a figure of some council, the newest first, and whether $council has one.
select
    figures.period_label,
    figures.period_start,
    figures.period_end,
    coalesce(bool_or(figures.gss_code = $council and figures.value is not null), false) as has_figure,
from marts.indicator_values as figures
where
    figures.indicator = $indicator
    and figures.is_financial_year
    and not figures.is_after_abolition
    and figures.value is not null
group by figures.period_label, figures.period_start, figures.period_end
order by figures.period_start desc
