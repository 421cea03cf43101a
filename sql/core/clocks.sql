-- One row: one clock of the complaints of one procedure, stage and service of one council: the day that starts it, the day
-- that stops it, and what is allowed.
-- Choice: every clock that the limits and readings know of stands here, whether or not a stage ran on it, so that what came
-- of millions of stages carries a number and not the words.
with stages as (
    select distinct
        gss_code,
        procedure,
        stage,
        service,
        as_at,
    from core.case_stages
    where is_complaint
),

readings as (
    select
        procedure,
        stage,
        clock_start,
        clock_end,
    from raw.clock_readings
    where gss_code is null
    union
    select
        readings.procedure,
        readings.stage,
        limits.starts as clock_start,
        readings.clock_end,
    from raw.clock_readings as readings
    inner join raw.clock_limits as limits
        using (procedure, stage)
    where readings.gss_code is null and limits.starts is not null
),

allowances as (select unnest(['limit', 'maximum', 'agreed']) as allowance,)

select
    cast(
        row_number() over (
            order by
                stages.gss_code, stages.procedure, stages.stage, stages.service, readings.clock_start,
                readings.clock_end, allowances.allowance
        ) as integer
    ) as clock_number,
    cast(
        dense_rank() over (
            order by
                stages.gss_code, stages.procedure, stages.stage, readings.clock_start, readings.clock_end,
                allowances.allowance
        ) as integer
    ) as reading_number,
    stages.gss_code,
    stages.procedure,
    stages.stage,
    stages.service,
    readings.clock_start,
    readings.clock_end,
    allowances.allowance,
    stages.as_at,
from stages
inner join readings on stages.procedure = readings.procedure and stages.stage = readings.stage
cross join allowances
