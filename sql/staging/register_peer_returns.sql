-- One row: one procedure and stage of one period, as one authority answered on fixed definitions.
select
    gss_code,
    procedure,
    stage,
    cast(period_start as date) as period_start,
    cast(period_end as date) as period_end,
    cast(limit_working_days as integer) as limit_working_days,
    cast(fell_due as bigint) as fell_due,
    cast(completed_in_time as bigint) as completed_in_time,
    cast(still_open as bigint) as still_open,
    cast(withdrawn as bigint) as withdrawn,
    cast(received as bigint) as received,
    cast(median_working_days as double) as median_working_days,
    cast(answered_date as date) as answered_date,
    definitions_followed = 'yes' as is_on_fixed_definitions,
    asked_by_gss_code,
    extract_id,
from raw.register_peer_returns
qualify row_number() over (
    partition by gss_code, procedure, stage, period_start
    order by answered_date desc, as_at desc, delivered_at desc, extract_id desc
) = 1
