-- One row: one step of the Stage 2 complaints of one procedure of $council, the longest share of the working days first.
select
    steps.gss_code,
    steps.procedure,
    steps.stage,
    steps.timeliness,
    steps.step_number,
    steps.step,
    steps.stages,
    steps.timed,
    steps.out_of_order,
    steps.not_recorded,
    steps.total_working_days,
    steps.share_of_time_pct,
    steps.median_working_days,
    steps.p90_working_days,
    steps.as_at,
from marts.stage_step_times as steps
where
    steps.gss_code = $council
    and steps.stage = '2'
    and steps.timeliness = 'all'
order by steps.procedure asc, steps.share_of_time_pct desc nulls last, steps.step_number asc
