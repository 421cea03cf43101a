-- One row: one improvement plan that a council has delivered: what was taken of it and what was set aside.
select
    gss_code,
    plan_id,
    as_at,
    delivered_at,
    source_name,
    rows_read,
    rows_accepted,
    rows_read - rows_accepted as rows_set_aside,
    is_illustrative,
    is_current,
from staging.plan_deliveries
