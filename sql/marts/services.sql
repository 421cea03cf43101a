-- One row: what one service of one council drew in one period, of all procedures together.
-- Choice: requests for service are shown with complaints, not taken out of sight: whether a report of a pothole is a
-- complaint is the council's own classification.
-- A register that never counts requests, or compliments, says nothing of how many there were.
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

counted as (
    select
        *,
        if(max(requests_for_service) over council is null, null, coalesce(requests_for_service, 0))
            as requests,
        if(max(compliments) over council is null, null, coalesce(compliments, 0)) as praise,
        coalesce(complaints, 0) + requests as contacts,
    from volumes
    window council as (partition by gss_code)
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
    counted.gss_code,
    counted.service,
    counted.period_kind,
    counted.period_start,
    counted.period_end,
    counted.period_label,
    cast(coalesce(counted.complaints, 0) as bigint) as complaints,
    cast(counted.requests as bigint) as requests_for_service,
    if(counted.contacts >= 5, 100.0 * counted.requests / counted.contacts, null) as requests_for_service_pct,
    cast(coalesce(counted.stage_2_complaints, 0) as bigint) as stage_2_complaints,
    cast(counted.praise as bigint) as compliments,
    coalesce(outcomes.upheld, 0) as upheld,
    coalesce(outcomes.not_upheld, 0) as not_upheld,
    counted.as_at,
from counted
left join
    outcomes
    using (gss_code, service, period_kind, period_start)
