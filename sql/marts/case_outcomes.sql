-- One row: how many complaints of one procedure, stage and service closed in one period with one outcome.
-- Choice: a closed stage without an outcome is counted as `not_recorded`, so that outcomes add up to what was closed.
with closed_stages as (
    select
        gss_code,
        procedure,
        stage,
        service,
        outcome,
        cast(date_trunc('quarter', closed_date) as date) as quarter_start,
        count(*) as case_stages,
        sum(remedy_gbp) as remedy_gbp,
        any_value(as_at) as as_at,
    from core.case_stages
    where is_complaint and not is_open
    group by gss_code, procedure, stage, service, outcome, quarter_start
),

by_period as (
    select
        closed_stages.gss_code,
        closed_stages.procedure,
        closed_stages.stage,
        if(grouping(closed_stages.service) = 1, 'all', closed_stages.service) as service,
        periods.period_number,
        closed_stages.outcome,
        sum(closed_stages.case_stages) as case_stages,
        sum(closed_stages.remedy_gbp) as remedy_gbp,
        any_value(closed_stages.as_at) as as_at,
    from closed_stages
    inner join core.case_periods as periods on closed_stages.quarter_start = periods.quarter_start
    group by grouping sets (
        (
            closed_stages.gss_code, closed_stages.procedure, closed_stages.stage, periods.period_number,
            closed_stages.outcome, closed_stages.service
        ),
        (
            closed_stages.gss_code, closed_stages.procedure, closed_stages.stage, periods.period_number,
            closed_stages.outcome
        )
    )
)

select
    by_period.gss_code,
    by_period.procedure,
    by_period.stage,
    by_period.service,
    periods.period_kind,
    periods.period_start,
    periods.period_end,
    periods.period_label,
    coalesce(cast(by_period.outcome as varchar), 'not_recorded') as outcome,
    cast(by_period.case_stages as bigint) as case_stages,
    by_period.remedy_gbp,
    by_period.as_at,
from by_period
-- a period stands once with its first quarter
inner join core.case_periods as periods
    on by_period.period_number = periods.period_number and periods.quarter_start = periods.period_start
