-- One row: one measure of a council's own register that a plan may name, in one quarter that is over.
-- Choice: `series` says on which clock, limit and source a quarter is counted. Quarters of two series are never compared.
-- Where a council has a case register, the figures that it reported itself are left out.
with timeliness as (
    select
        measures.measure,
        timeliness.gss_code,
        timeliness.period_start,
        timeliness.period_end,
        timeliness.period_label,
        timeliness.in_time as cases,
        timeliness.case_stages as of_cases,
        concat_ws(
            ', ',
            timeliness.clock_start || ' to ' || timeliness.clock_end,
            timeliness.limit_working_days || ' working days',
            if(timeliness.source = 'case register', timeliness.source, 'reported figures')
        ) as series,
        timeliness.source = 'case register' as is_register,
        timeliness.as_at,
    from staging.plan_measures as measures
    inner join marts.stage_timeliness as timeliness
        using (procedure, stage)
    where
        measures.counted = 'due'
        and timeliness.counted_on = 'due'
        and timeliness.service = 'all'
        and timeliness.is_declared
        and timeliness.period_kind = 'quarter'
        and timeliness.is_whole_period
        and timeliness.in_time is not null
        and timeliness.case_stages > 0
),

escalation as (
    select
        measures.measure,
        escalation.gss_code,
        escalation.period_start,
        escalation.period_end,
        escalation.period_label,
        escalation.escalated as cases,
        escalation.closed as of_cases,
        'of those closed, case register' as series,
        true as is_register,
        escalation.as_at,
    from staging.plan_measures as measures
    inner join marts.escalation as escalation on measures.procedure = escalation.procedure
    where
        measures.counted = 'escalated'
        and escalation.service = 'all'
        and escalation.period_kind = 'quarter'
        and escalation.period_end <= escalation.as_at
        -- a quarter from which cases may still go on is not over yet
        and escalation.may_still_escalate = 0
        and escalation.closed > 0
),

quarters as (
    select *, from timeliness
    union all by name
    select *, from escalation
)

select
    gss_code,
    measure,
    period_start,
    period_end,
    period_label,
    series,
    cases,
    of_cases,
    as_at,
from quarters
qualify is_register or not bool_or(is_register) over (partition by gss_code, measure)
