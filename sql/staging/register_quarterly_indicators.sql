-- One row: one figure that a council without a case extract reports for one period.
select
    gss_code,
    procedure,
    stage,
    coalesce(service, 'all') as service,
    indicator,
    cast(period_start as date) as period_start,
    cast(period_end as date) as period_end,
    cast(limit_working_days as integer) as limit_working_days,
    coalesce(clock_start, 'not_stated') as clock_start,
    coalesce(clock_end, 'not_stated') as clock_end,
    cast(value as double) as value,
    cast(denominator as bigint) as denominator,
    source,
    cast(as_at as date) as as_at,
    extract_id,
from raw.register_quarterly_indicators
qualify row_number() over (
    partition by
        gss_code, procedure, stage, coalesce(service, 'all'), indicator, period_start, period_end,
        limit_working_days, coalesce(clock_start, 'not_stated'), coalesce(clock_end, 'not_stated')
    order by as_at desc, delivered_at desc, extract_id desc
) = 1
