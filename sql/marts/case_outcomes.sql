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
)

select
    closed_stages.gss_code,
    closed_stages.procedure,
    closed_stages.stage,
    services.service,
    periods.period_kind,
    periods.period_start,
    periods.period_end,
    periods.period_label,
    coalesce(cast(closed_stages.outcome as varchar), 'not_recorded') as outcome,
    cast(sum(closed_stages.case_stages) as bigint) as case_stages,
    sum(closed_stages.remedy_gbp) as remedy_gbp,
    any_value(closed_stages.as_at) as as_at,
from closed_stages
cross join unnest([closed_stages.service, 'all']) as services (service)
inner join core.case_periods as periods
    using (quarter_start)
group by all
