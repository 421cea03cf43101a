-- One row: one improvement plan that a council has delivered and that was not refused.
select
    gss_code,
    plan_id,
    cast(as_at as date) as as_at,
    cast(delivered_at as timestamp) as delivered_at,
    source_name,
    cast(rows_read as bigint) as rows_read,
    cast(rows_accepted as bigint) as rows_accepted,
    cast(is_illustrative as boolean) as is_illustrative,
    cast(is_current as boolean) as is_current,
from raw.plan_deliveries
