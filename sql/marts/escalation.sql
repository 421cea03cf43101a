-- One row: how many Stage 1 complaints closed in one period went on to Stage 2, beside the ratio that councils report.
-- Choice: the cohort follows the same cases, the in-year ratio divides different ones; only the cohort is a rate. Cases
-- that closed less than sixty working days before the extract may still go on, and are counted.
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
        0 as stage_1_received,
        0 as stage_2_received,
        any_value(as_at) as as_at,
    from first_stages
    group by gss_code, procedure, service, quarter_start
),

received as (
    select
        gss_code,
        procedure,
        service,
        cast(date_trunc('quarter', requested_date) as date) as quarter_start,
        0 as closed,
        0 as escalated,
        0 as may_still_escalate,
        count(*) filter (where stage = '1') as stage_1_received,
        count(*) filter (where stage = '2') as stage_2_received,
        any_value(as_at) as as_at,
    from core.case_stages
    where is_complaint and stage in ('1', '2')
    group by gss_code, procedure, service, quarter_start
),

quarters as (
    select *, from cohorts
    union all by name
    select *, from received
),

summed as (
    select
        quarters.gss_code,
        quarters.procedure,
        if(grouping(quarters.service) = 1, 'all', quarters.service) as service,
        periods.period_kind,
        periods.period_start,
        periods.period_end,
        periods.period_label,
        cast(sum(quarters.closed) as bigint) as closed,
        cast(sum(quarters.escalated) as bigint) as escalated,
        cast(sum(quarters.may_still_escalate) as bigint) as may_still_escalate,
        cast(sum(quarters.stage_1_received) as bigint) as stage_1_received,
        cast(sum(quarters.stage_2_received) as bigint) as stage_2_received,
        any_value(quarters.as_at) as as_at,
    from quarters
    inner join core.case_periods as periods on quarters.quarter_start = periods.quarter_start
    group by grouping sets (
        (
            quarters.gss_code,
            quarters.procedure,
            periods.period_kind,
            periods.period_start,
            periods.period_end,
            periods.period_label, quarters.service
        ),
        (
            quarters.gss_code,
            quarters.procedure,
            periods.period_kind,
            periods.period_start,
            periods.period_end,
            periods.period_label
        )
    )
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
    stage_1_received,
    stage_2_received,
    if(stage_1_received >= 5, 100.0 * stage_2_received / stage_1_received, null) as in_year_ratio_pct,
    as_at,
from summed
