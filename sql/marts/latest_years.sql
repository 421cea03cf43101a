-- One row: the latest financial year in which one council has a figure for one indicator; a printed percentage without its
-- number of cases counts as a figure, because that is what was published, and so does a doubted figure, which is shown with its reason.
-- A whole year comes before any part of one, however late, because only whole years are compared; a council that has parts
-- of years only keeps the latest of them.
select
    figures.indicator,
    figures.gss_code,
    figures.period_start,
    figures.period_end,
    figures.period_label,
from marts.indicator_values as figures
where figures.value is not null or figures.printed_value is not null or figures.doubt is not null
qualify
    row_number()
        over (
            partition by figures.indicator, figures.gss_code
            order by figures.is_financial_year desc, figures.period_end desc, figures.period_start desc
        )
    = 1
