-- One row: how many living councils of one type have a figure for one indicator in one financial year.
select
    values.indicator,
    values.period_start,
    values.period_end,
    values.period_label,
    councils.lgsco_type,
    count(*) as councils,
    count(values.value) as councils_with_data,
from marts.indicator_values as values
inner join core.councils as councils
    on values.gss_code = councils.gss_code
where
    values.is_financial_year
    and not values.is_after_abolition
    and values.missing_reason is distinct from 'not applicable'
group by values.indicator, values.period_start, values.period_end, values.period_label, councils.lgsco_type
