-- One row: one period that some figure is about.
with periods as (
    select distinct
        period_start,
        period_end,
    from core.witnesses
),

classified as (
    select
        *,
        month(period_start) = 4
        and day(period_start) = 1
        and period_end = period_start + interval 1 year - interval 1 day as is_financial_year,
    from periods
)

select
    period_start,
    period_end,
    is_financial_year,
    case
        when is_financial_year
            then year(period_start) || '-' || right(cast(year(period_end) as varchar), 2)
        when period_start = period_end
            then strftime(period_start, '%-d %B %Y')
        when day(period_start) = 1 and period_end = last_day(period_end)
            then
                case
                    when year(period_start) = year(period_end) then strftime(period_start, '%B')
                    else strftime(period_start, '%B %Y')
                end
                || ' to ' || strftime(period_end, '%B %Y')
        else strftime(period_start, '%-d %B %Y') || ' to ' || strftime(period_end, '%-d %B %Y')
    end as period_label,
from classified
