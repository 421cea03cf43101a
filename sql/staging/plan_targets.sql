-- One row: one target of a council's current improvement plan.
select
    gss_code,
    id as target_id,
    indicator as measure,
    cast(value as double) as target_pct,
    cast(due as date) as by_date,
    cast(start as date) as start_date,
    cast(start_value as double) as start_pct,
    source,
    cast(is_illustrative as boolean) as is_illustrative,
    cast(as_at as date) as as_at,
    cast(source_row as integer) as source_row,
from raw.plan_targets
where is_current = 'true'
