-- One row: what the register of $council answers of a peer return from $period_start to $period_end, for one procedure and
-- stage in one reading of its clock; a reading on the return's definitions last. The council's declared reading answers too,
-- marked as another definition.
-- Choice: the same days may be a financial year and twelve months; the year comes last.
with due as (
    select
        *,
        clock_start = 'request'
        and clock_end
        = if(procedure = 'children_statutory' and stage = '2', 'adjudication', 'response') as is_as_asked,
        -- where the clock or the limit changed within the period, no figure is on one definition
        count(*) filter (is_declared) over (partition by procedure, stage, period_kind) as declared,
    from marts.stage_timeliness
    where
        gss_code = $council
        and period_start = $period_start
        and period_end = $period_end
        and service = 'all'
        and counted_on = 'due'
        and source = 'case register'
),

-- where the day of the response stands in for that of the adjudication letter, another definition was followed
letters as (
    select coalesce(bool_or(adjudication_date is null and response_sent_date is not null), false) as lacking,
    from core.case_stages
    where gss_code = $council and procedure = 'children_statutory' and stage = '2'
)

select
    due.procedure,
    due.stage,
    due.limit_working_days,
    due.in_time + due.late + due.overdue + due.withdrawn_late as fell_due,
    due.in_time as completed_in_time,
    due.overdue as still_open,
    due.withdrawn,
    volumes.received,
    round(closed.median_working_days, 1) as median_working_days,
    due.as_at as answered_date,
    if(due.is_as_asked and not (due.clock_end = 'adjudication' and letters.lacking), 'yes', 'no')
        as definitions_followed,
from due
cross join letters
left join marts.stage_volumes as volumes
    on
        due.gss_code = volumes.gss_code
        and due.procedure = volumes.procedure
        and due.stage = volumes.stage
        and due.period_start = volumes.period_start
        and due.period_end = volumes.period_end
        and due.period_kind = volumes.period_kind
        and volumes.service = 'all'
        and volumes.kind = 'complaint'
        and volumes.source = 'case register'
left join marts.stage_timeliness as closed
    on
        due.gss_code = closed.gss_code
        and due.procedure = closed.procedure
        and due.stage = closed.stage
        and due.period_start = closed.period_start
        and due.period_end = closed.period_end
        and due.period_kind = closed.period_kind
        and due.clock_start = closed.clock_start
        and due.clock_end = closed.clock_end
        and due.allowance = closed.allowance
        and due.limit_working_days = closed.limit_working_days
        and closed.service = 'all'
        and closed.counted_on = 'closed'
        and closed.source = 'case register'
where
    due.declared = 1
    and due.allowance <> 'agreed'
    and (due.is_as_asked or due.is_declared)
order by due.is_as_asked asc, due.is_declared asc, due.period_kind desc
