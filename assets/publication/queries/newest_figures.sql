-- One row: how new the Ombudsman's newest figures are.
select
    max(values.period_end) as period_end,
    arg_max(values.period_label, values.period_end) as period_label,
    count(distinct values.gss_code) as councils,
from marts.indicator_values as values
inner join core.indicators as indicators
    on values.indicator = indicators.indicator
where
    indicators.family = 'ombudsman'
    and values.is_financial_year
    and values.value is not null
