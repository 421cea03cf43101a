-- One row: how many Stage 1 complaints closed in one period went on to Stage 2.
-- Choice: the same cases are followed; what councils report, Stage 2 over Stage 1 of one year, divides different cases. Cases that
-- closed less than sixty working days before the extract may still go on, and are counted.
with first_stages as (
    select
        first_stages.gss_code,
        first_stages.procedure,
        first_stages.service,
        first_stages.closed_date,
        first_stages.as_at,
        second_stages.case_reference is not null as is_escalated,
        coalesce(extract_day.working_day_number - closing_day.working_day_number < 60, false) as is_recent,
    from core.case_stages as first_stages
    left join core.case_stages as second_stages
        on
            first_stages.gss_code = second_stages.gss_code
            and first_stages.case_reference = second_stages.case_reference
            and second_stages.stage = '2'
    left join core.working_days as closing_day on first_stages.closed_date = closing_day.date
    left join core.working_days as extract_day on first_stages.as_at = extract_day.date
    where
        first_stages.stage = '1'
        and first_stages.is_complaint
        and not first_stages.is_open
),

cohorts as (
    select
        gss_code,
        procedure,
        service,
        cast(date_trunc('quarter', closed_date) as date) as quarter_start,
        count(*) as closed,
        count(*) filter (where is_escalated) as escalated,
        count(*) filter (where is_recent and not is_escalated) as may_still_escalate,
        any_value(as_at) as as_at,
    from first_stages
    group by gss_code, procedure, service, quarter_start
),

summed as (
    select
        cohorts.gss_code,
        cohorts.procedure,
        services.service,
        periods.period_kind,
        periods.period_start,
        periods.period_end,
        periods.period_label,
        cast(sum(cohorts.closed) as bigint) as closed,
        cast(sum(cohorts.escalated) as bigint) as escalated,
        cast(sum(cohorts.may_still_escalate) as bigint) as may_still_escalate,
        any_value(cohorts.as_at) as as_at,
    from cohorts
    cross join unnest([cohorts.service, 'all']) as services (service)
    inner join core.case_periods as periods
        using (quarter_start)
    group by all
)

select
    gss_code,
    procedure,
    service,
    period_kind,
    period_start,
    period_end,
    period_label,
    closed,
    escalated,
    may_still_escalate,
    if(closed >= 5, 100.0 * escalated / closed, null) as escalated_pct,
    coalesce(closed between 5 and 29, false) as has_small_base,
    as_at,
from summed
