-- One row: how new the Ombudsman's newest figures are.
select
    max(figures.period_end) as period_end,
    arg_max(figures.period_label, figures.period_end) as period_label,
    count(distinct figures.gss_code) as councils,
from marts.indicator_values as figures
inner join core.indicators as indicators
    using (indicator)
where
    indicators.family = 'ombudsman'
    and figures.is_financial_year
    and figures.value is not null
