-- One row: one extract that a council has delivered.
select
    gss_code,
    extract_id,
    cast(as_at as date) as as_at,
    cast(delivered_at as timestamp) as delivered_at,
    register_table,
    covers,
    source_name,
    cast(rows_read as bigint) as rows_read,
    cast(rows_accepted as bigint) as rows_accepted,
    cast(rows_quarantined as bigint) as rows_quarantined,
from raw.register_extracts
