-- One row: one quarter within one period: a quarter, half-year or financial year, or the twelve months to a quarter's end.
-- Choice: every period is made of whole quarters, so that counts by quarter add up to any of them.
with quarters as (
    select distinct date_trunc('quarter', date) as quarter_start,
    from core.working_days
),

periods as (
    select
        'quarter' as period_kind,
        quarter_start as period_start,
        1 as quarters,
    from quarters
    union all
    select
        'half_year' as period_kind,
        quarter_start as period_start,
        2 as quarters,
    from quarters
    where month(quarter_start) in (4, 10)
    union all
    select
        'financial_year' as period_kind,
        quarter_start as period_start,
        4 as quarters,
    from quarters
    where month(quarter_start) = 4
    union all
    select
        'rolling_12_months' as period_kind,
        quarter_start as period_start,
        4 as quarters,
    from quarters
)

select
    cast(dense_rank() over (order by periods.period_kind, periods.period_start) as integer) as period_number,
    periods.period_kind,
    cast(periods.period_start as date) as period_start,
    cast(periods.period_start + to_months(3 * periods.quarters) - interval 1 day as date) as period_end,
    case periods.period_kind
        when 'financial_year'
            then
                year(periods.period_start) || '-' || right(cast(year(periods.period_start) + 1 as varchar), 2)
        when 'quarter'
            then
                strftime(periods.period_start, '%B')
                || ' to ' || strftime(periods.period_start + interval 2 month, '%B %Y')
        when 'half_year'
            then
                case
                    when month(periods.period_start) = 4 then strftime(periods.period_start, '%B')
                    else strftime(periods.period_start, '%B %Y')
                end
                || ' to ' || strftime(periods.period_start + interval 5 month, '%B %Y')
        else '12 months to ' || strftime(periods.period_start + interval 11 month, '%B %Y')
    end as period_label,
    cast(quarters.quarter_start as date) as quarter_start,
from periods
inner join quarters
    on
        periods.period_start <= quarters.quarter_start
        and quarters.quarter_start < periods.period_start + to_months(3 * periods.quarters)
