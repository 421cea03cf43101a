-- One row: how long one step of the investigated stages of one procedure took, for stages in time, late or still open.
-- Choice: a step is counted only where both its dates are recorded and in order; what is missing is counted apart, not
-- filled in, so the steps of a stage need not add up to its whole time.
with steps as (
    select
        stages.gss_code,
        stages.procedure,
        stages.stage,
        stages.as_at,
        case
            when clocks.result = 'in_time' then 'in_time'
            when clocks.result in ('late', 'withdrawn_late', 'overdue') then 'late'
            else 'other'
        end as timeliness,
        unnest([1, 2, 3, 4, 5, 6, 7, 8]) as step_number,
        [
            'request to agreed statement', 'agreed statement to investigator appointed',
            'investigator appointed to file access', 'file access to first interview',
            'first to last interview', 'last interview to notes', 'notes to report', 'report to adjudication'
        ] as steps,
        [
            stages.requested_date, stages.statement_agreed_date, stages.investigator_appointed_date,
            stages.file_access_date, stages.first_interview_date, stages.last_interview_date,
            stages.interview_notes_date, stages.report_received_date, stages.adjudication_date
        ] as dates,
    from core.case_stages as stages
    left join core.case_clocks as clocks
        on
            stages.gss_code = clocks.gss_code
            and stages.case_reference = clocks.case_reference
            and stages.stage = clocks.stage
            and clocks.is_declared
    where
        stages.is_complaint
        and (stages.report_received_date is not null or stages.investigator_appointed_date is not null)
),

timed as (
    select
        steps.gss_code,
        steps.procedure,
        steps.stage,
        unnest([steps.timeliness, 'all']) as timeliness,
        steps.step_number,
        steps.steps[steps.step_number] as step,
        steps.as_at,
        finished.working_day_number - begun.working_day_number as working_days,
    from steps
    left join core.working_days as begun on steps.dates[steps.step_number] = begun.date
    left join core.working_days as finished on steps.dates[steps.step_number + 1] = finished.date
),

summed as (
    select
        gss_code,
        procedure,
        stage,
        timeliness,
        step_number,
        step,
        count(*) as stages,
        count(*) filter (where working_days >= 0) as timed,
        count(*) filter (where working_days < 0) as out_of_order,
        sum(working_days) filter (where working_days >= 0) as total_working_days,
        quantile_cont(working_days, 0.5) filter (where working_days >= 0) as median_working_days,
        quantile_cont(working_days, 0.9) filter (where working_days >= 0) as p90_working_days,
        any_value(as_at) as as_at,
    from timed
    group by all
)

select
    gss_code,
    procedure,
    stage,
    timeliness,
    step_number,
    step,
    stages,
    timed,
    out_of_order,
    stages - timed - out_of_order as not_recorded,
    cast(total_working_days as bigint) as total_working_days,
    100.0 * total_working_days / nullif(
        sum(total_working_days) over (partition by gss_code, procedure, stage, timeliness), 0
    ) as share_of_time_pct,
    median_working_days,
    p90_working_days,
    as_at,
from summed
