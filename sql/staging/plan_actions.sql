-- One row: one action of a council's current improvement plan.
select
    gss_code,
    id as action_id,
    objective,
    action,
    owner_role,
    cast(start as date) as start_date,
    cast(due as date) as due_date,
    status,
    cast(finished as date) as finished_date,
    blocked_reason,
    indicator as measure,
    expected_effect,
    evidence,
    cast(is_illustrative as boolean) as is_illustrative,
    cast(as_at as date) as as_at,
    cast(source_row as integer) as source_row,
from raw.plan_actions
where is_current = 'true'
