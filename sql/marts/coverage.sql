-- One row: how many living councils of one type have a figure for one indicator in one financial year.
select
    figures.indicator,
    figures.period_start,
    figures.period_end,
    figures.period_label,
    councils.lgsco_type,
    count(*) as councils,
    count(figures.value) as councils_with_data,
from marts.indicator_values as figures
inner join core.councils as councils
    using (gss_code)
where
    figures.is_financial_year
    and not figures.is_after_abolition
    and figures.missing_reason is distinct from 'not applicable'
group by all
