-- One row: what one service of one council drew in one period, of all procedures together.
-- Choice: requests for service are shown beside complaints, not taken out of sight: whether a report of a pothole is a
-- complaint is the council's own classification.
with volumes as (
    select
        gss_code,
        service,
        period_kind,
        period_start,
        period_end,
        period_label,
        sum(received) filter (where kind = 'complaint' and stage in ('1', 'single')) as complaints,
        sum(received) filter (where kind = 'complaint' and stage = '2') as stage_2_complaints,
        sum(received) filter (where kind = 'request_for_service' and stage in ('1', 'single'))
            as requests_for_service,
        sum(received) filter (where kind = 'compliment') as compliments,
        any_value(as_at) as as_at,
    from marts.stage_volumes
    where source = 'case register'
    group by gss_code, service, period_kind, period_start, period_end, period_label
),

outcomes as (
    select
        stages.gss_code,
        services.service,
        periods.period_kind,
        periods.period_start,
        count(*) filter (where stages.outcome in ('upheld', 'partly_upheld')) as upheld,
        count(*) filter (where stages.outcome = 'not_upheld') as not_upheld,
    from core.case_stages as stages
    cross join unnest([stages.service, 'all']) as services (service)
    inner join core.case_periods as periods
        on cast(date_trunc('quarter', stages.closed_date) as date) = periods.quarter_start
    where stages.is_complaint and not stages.is_open and stages.stage in ('1', 'single')
    group by all
)

select
    volumes.gss_code,
    volumes.service,
    volumes.period_kind,
    volumes.period_start,
    volumes.period_end,
    volumes.period_label,
    cast(coalesce(volumes.complaints, 0) as bigint) as complaints,
    cast(coalesce(volumes.requests_for_service, 0) as bigint) as requests_for_service,
    if(
        coalesce(volumes.complaints, 0) + coalesce(volumes.requests_for_service, 0) >= 5,
        100.0 * coalesce(volumes.requests_for_service, 0)
        / (coalesce(volumes.complaints, 0) + coalesce(volumes.requests_for_service, 0)),
        null
    ) as requests_for_service_pct,
    cast(coalesce(volumes.stage_2_complaints, 0) as bigint) as stage_2_complaints,
    cast(coalesce(volumes.compliments, 0) as bigint) as compliments,
    coalesce(outcomes.upheld, 0) as upheld,
    coalesce(outcomes.not_upheld, 0) as not_upheld,
    volumes.as_at,
from volumes
left join
    outcomes
    using (gss_code, service, period_kind, period_start)
