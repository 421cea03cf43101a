-- One row: the complaints of one procedure and stage by whom they wait on, or waited on longest.
-- Choice: as recorded by the council, of the stages where it was recorded; how many were not is counted too.
with waits as (
    select
        stages.gss_code,
        stages.procedure,
        stages.stage,
        coalesce(stages.waiting_on, 'not_recorded') as waiting_on,
        stages.as_at,
        clocks.result,
        clocks.elapsed_working_days,
    from core.case_stages as stages
    left join core.case_clocks as clocks
        on
            stages.gss_code = clocks.gss_code
            and stages.case_reference = clocks.case_reference
            and stages.stage = clocks.stage
            and clocks.is_declared
    where stages.is_complaint
)

select
    gss_code,
    procedure,
    stage,
    waiting_on,
    count(*) as stages,
    count(*) filter (where result in ('overdue', 'not_yet_due', 'open', 'not_started')) as open_stages,
    count(*) filter (where result = 'in_time') as in_time,
    count(*) filter (where result in ('late', 'overdue', 'withdrawn_late')) as late,
    quantile_cont(elapsed_working_days, 0.5)
    filter (where result in ('in_time', 'late', 'completed')) as median_working_days,
    any_value(as_at) as as_at,
from waits
group by gss_code, procedure, stage, waiting_on
having count(*) filter (where waiting_on <> 'not_recorded') > 0 or waiting_on = 'not_recorded'
