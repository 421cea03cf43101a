-- One row: one action of a council's current improvement plan, and whether it is on time.
-- Choice: judged as at the day that the plan itself states, as the register's open cases are, so that the same plan always
-- reads the same. A blocked action past its due day is late: what blocks it does not move the day.
select
    gss_code,
    action_id,
    objective,
    action,
    owner_role,
    start_date,
    due_date,
    status,
    finished_date,
    blocked_reason,
    measure,
    expected_effect,
    evidence,
    is_illustrative,
    as_at,
    source_row,
    case
        when status = 'done' and finished_date > due_date then 'done_late'
        when status = 'done' then 'done'
        when as_at > due_date then 'late'
        when status = 'blocked' then 'blocked'
        when status = 'not_started' then 'not_started'
        else 'on_time'
    end as state,
    case
        when status = 'done' then greatest(finished_date - due_date, 0)
        else greatest(as_at - due_date, 0)
    end as days_late,
    status = 'not_started' and as_at > start_date as is_start_overdue,
from staging.plan_actions
