-- One row: one resolution of the panel, or one promise made to it: what, by when, and whether it has been reported.
-- Choice: judged by the day it was reported, as at the day that the plan states: what is done but not reported is not yet
-- what the panel asked for. Without a due day, the meeting that is to hear of it is the day.
with dated as (
    select
        *,
        coalesce(due_date, hearing_date) as expected_date,
    from staging.plan_resolutions
)

select
    gss_code,
    resolution_id,
    kind,
    what,
    made_by,
    made_date,
    owner_role,
    due_date,
    hearing_date,
    reported_date,
    case
        when reported_date > expected_date then 'reported_late'
        when reported_date is not null then 'reported'
        when expected_date is null then 'no_date'
        when as_at > expected_date then 'overdue'
        else 'not_yet_due'
    end as state,
    case
        when expected_date is null then null
        else greatest(coalesce(reported_date, as_at) - expected_date, 0)
    end as days_late,
    source,
    is_illustrative,
    as_at,
from dated
