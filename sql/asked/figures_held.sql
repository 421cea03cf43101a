-- One row: one financial year in which a council has a figure of one indicator.
select figures.period_label,
from marts.indicator_values as figures
where
    figures.indicator = $indicator
    and figures.gss_code = $council
    and figures.is_financial_year
    and (figures.value is not null or figures.printed_text is not null)
order by figures.period_start
