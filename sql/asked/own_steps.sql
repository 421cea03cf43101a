-- One row: one step of the Stage 2 complaints of one procedure of $council, in time, late and open together.
select
    steps.gss_code,
    steps.procedure,
    steps.stage,
    steps.timeliness,
    steps.step_number,
    steps.step,
    steps.stages,
    steps.timed,
    steps.share_of_time_pct,
    steps.median_working_days,
    steps.p90_working_days,
    steps.as_at,
from marts.stage_step_times as steps
where steps.gss_code = $council and steps.stage = '2' and steps.timeliness = 'all'
order by steps.procedure, steps.step_number
