-- One row: one resolution of the panel, or one promise made to it, in a council's current improvement plan.
select
    gss_code,
    id as resolution_id,
    kind,
    what,
    made_by,
    cast(made as date) as made_date,
    owner_role,
    cast(due as date) as due_date,
    cast(hearing as date) as hearing_date,
    cast(reported as date) as reported_date,
    source,
    cast(is_illustrative as boolean) as is_illustrative,
    cast(as_at as date) as as_at,
    cast(source_row as integer) as source_row,
from raw.plan_resolutions
where is_current = 'true'
