-- One row: how many stages of one procedure, stage and service were dealt with in time in one period, on one clock and
-- one way of counting.
-- Choice: `due`, of the stages whose limit fell due in the period, is the primary way: of those closed flatters a council
-- whose backlog grows, and punishes one that clears it. No percentage of ours on fewer than five stages.
-- Numbers stand for clocks, services and periods while counting: grouping by whole numbers is several times faster.
with clocks as (
    select
        row_number() over () as clock_number,
        gss_code,
        procedure,
        stage,
        clock_start,
        clock_end,
        allowance,
        is_declared,
        counted_on,
        any_value(as_at) as as_at,
    from core.case_durations
    group by gss_code, procedure, stage, clock_start, clock_end, allowance, is_declared, counted_on
),

services as (
    select
        row_number() over () as service_number,
        service,
    from (select distinct service from core.case_durations) as named
),

periods as (
    select
        row_number() over () as period_number,
        period_kind,
        period_start,
        period_end,
        period_label,
    from (select distinct period_kind, period_start, period_end, period_label from core.case_periods) as named
),

numbered_quarters as (
    select
        periods.period_number,
        case_periods.quarter_start,
    from core.case_periods as case_periods
    inner join periods using (period_kind, period_start)
),

durations as (
    select
        clocks.clock_number,
        services.service_number,
        durations.quarter_start,
        durations.allowed_working_days,
        durations.result,
        durations.elapsed_working_days,
        durations.case_stages,
        if(durations.result in ('in_time', 'late', 'completed'), durations.case_stages, 0) as completed,
    from core.case_durations as durations
    inner join clocks using (
        gss_code, procedure, stage, clock_start, clock_end, allowance, is_declared, counted_on
    )
    inner join services using (service)
),

every_service as (
    select * from durations
    union all
    select * replace (0 as service_number) from durations
),

summed as (
    select
        every_service.clock_number,
        every_service.service_number,
        numbered_quarters.period_number,
        if(min(allowed_working_days) = max(allowed_working_days), max(allowed_working_days), null)
            as limit_working_days,
        sum(case_stages) filter (where result in ('in_time', 'late', 'overdue', 'withdrawn_late')) as judged,
        coalesce(sum(case_stages) filter (where result = 'in_time'), 0) as in_time,
        coalesce(sum(case_stages) filter (where result = 'late'), 0) as late,
        coalesce(sum(case_stages) filter (where result = 'overdue'), 0) as overdue,
        coalesce(sum(case_stages) filter (where result = 'not_yet_due'), 0) as not_yet_due,
        coalesce(sum(case_stages) filter (where result = 'withdrawn'), 0) as withdrawn,
        coalesce(sum(case_stages) filter (where result = 'withdrawn_late'), 0) as withdrawn_late,
        coalesce(sum(case_stages) filter (where result = 'not_recorded'), 0) as not_recorded,
        coalesce(sum(case_stages) filter (where result in ('completed', 'open')), 0) as without_limit,
    from every_service
    inner join numbered_quarters using (quarter_start)
    group by every_service.clock_number, every_service.service_number, numbered_quarters.period_number
),

days as (
    select
        every_service.clock_number,
        every_service.service_number,
        numbered_quarters.period_number,
        every_service.elapsed_working_days,
        sum(every_service.completed) as completed,
    from every_service
    inner join numbered_quarters using (quarter_start)
    where every_service.completed > 0
    group by
        every_service.clock_number, every_service.service_number, numbered_quarters.period_number,
        every_service.elapsed_working_days
),

running as (
    select
        *,
        sum(completed) over (
            partition by clock_number, service_number, period_number
            order by elapsed_working_days
        ) as so_far,
        sum(completed) over (partition by clock_number, service_number, period_number) as in_all,
    from days
),

-- quantiles of counted values, interpolated between the two middle ones as a median usually is
quantiles as (
    select
        clock_number,
        service_number,
        period_number,
        any_value(in_all) as completed_in_all,
        min(elapsed_working_days) filter (where so_far > floor((in_all - 1) * 0.5)) as median_low,
        min(elapsed_working_days) filter (where so_far > ceil((in_all - 1) * 0.5)) as median_high,
        min(elapsed_working_days) filter (where so_far > floor((in_all - 1) * 0.9)) as p90_low,
        min(elapsed_working_days) filter (where so_far > ceil((in_all - 1) * 0.9)) as p90_high,
    from running
    group by clock_number, service_number, period_number
),

from_register as (
    select
        gss_code,
        procedure,
        stage,
        coalesce(service, 'all') as service,
        period_kind,
        period_start,
        period_end,
        period_label,
        counted_on,
        clock_start,
        clock_end,
        allowance,
        is_declared,
        cast(limit_working_days as integer) as limit_working_days,
        cast(coalesce(judged, 0) as bigint) as case_stages,
        cast(in_time as bigint) as in_time,
        cast(late as bigint) as late,
        cast(overdue as bigint) as overdue,
        cast(not_yet_due as bigint) as not_yet_due,
        cast(withdrawn as bigint) as withdrawn,
        cast(withdrawn_late as bigint) as withdrawn_late,
        cast(not_recorded as bigint) as not_recorded,
        if(judged >= 5, 100.0 * in_time / judged, null) as in_time_pct,
        cast(null as double) as in_time_pct_as_printed,
        if(
            completed_in_all > 0,
            median_low + (median_high - median_low) * ((completed_in_all - 1) * 0.5 % 1),
            null
        ) as median_working_days,
        if(
            completed_in_all > 0, p90_low + (p90_high - p90_low) * ((completed_in_all - 1) * 0.9 % 1), null
        ) as p90_working_days,
        coalesce(judged between 5 and 29, false) as has_small_base,
        case
            when coalesce(judged, 0) = 0 and without_limit > 0 then 'no limit set'
            when coalesce(judged, 0) = 0 then 'none to judge'
            when judged < 5 then 'fewer than 5'
        end as reason,
        period_end <= as_at as is_whole_period,
        as_at,
        'case register' as source,
    from summed
    inner join clocks using (clock_number)
    inner join periods using (period_number)
    left join services using (service_number)
    left join quantiles using (clock_number, service_number, period_number)
),

reported as (
    select
        gss_code,
        procedure,
        stage,
        service,
        period_start,
        period_end,
        if(contains(indicator, 'due_in_time'), 'due', 'closed') as counted_on,
        clock_start,
        clock_end,
        limit_working_days,
        max(value) filter (where indicator in ('due_in_time', 'closed_in_time')) as in_time,
        max(denominator) filter (where indicator in ('due_in_time', 'closed_in_time')) as denominator,
        max(value) filter (where starts_with(indicator, 'pct_')) as in_time_pct,
        max(as_at) as as_at,
        string_agg(distinct source, '; ' order by source) as source,
    from staging.register_quarterly_indicators
    where contains(indicator, 'in_time')
    group by
        gss_code, procedure, stage, service, period_start, period_end, counted_on, clock_start, clock_end,
        limit_working_days
),

reported_durations as (
    select
        gss_code,
        procedure,
        stage,
        service,
        period_start,
        period_end,
        max(value) filter (where indicator = 'median_working_days') as median_working_days,
        max(value) filter (where indicator = 'p90_working_days') as p90_working_days,
    from staging.register_quarterly_indicators
    group by gss_code, procedure, stage, service, period_start, period_end
),

from_figures as (
    select
        reported.gss_code,
        reported.procedure,
        reported.stage,
        reported.service,
        coalesce(periods.period_kind, 'other') as period_kind,
        reported.period_start,
        reported.period_end,
        coalesce(
            periods.period_label,
            strftime(reported.period_start, '%-d %b %Y') || ' to ' || strftime(reported.period_end, '%-d %b %Y')
        ) as period_label,
        reported.counted_on,
        reported.clock_start,
        reported.clock_end,
        'as_reported' as allowance,
        true as is_declared,
        reported.limit_working_days,
        reported.denominator as case_stages,
        cast(reported.in_time as bigint) as in_time,
        cast(null as bigint) as late,
        cast(null as bigint) as overdue,
        cast(null as bigint) as not_yet_due,
        cast(null as bigint) as withdrawn,
        cast(null as bigint) as withdrawn_late,
        cast(null as bigint) as not_recorded,
        if(reported.denominator >= 5, 100.0 * reported.in_time / reported.denominator, null) as in_time_pct,
        reported.in_time_pct as in_time_pct_as_printed,
        reported_durations.median_working_days,
        reported_durations.p90_working_days,
        coalesce(reported.denominator between 5 and 29, false) as has_small_base,
        case
            when reported.denominator is null then 'only the percentage is reported'
            when reported.denominator < 5 then 'fewer than 5'
            when reported.in_time is null then 'only the percentage is reported'
        end as reason,
        true as is_whole_period,
        reported.as_at,
        reported.source,
    from reported
    left join reported_durations
        on reported.gss_code = reported_durations.gss_code
        and reported.procedure = reported_durations.procedure
        and reported.stage = reported_durations.stage
        and reported.service = reported_durations.service
        and reported.period_start = reported_durations.period_start
        and reported.period_end = reported_durations.period_end
    left join (
        select distinct
            period_kind,
            period_start,
            period_end,
            period_label,
        from core.case_periods
        where period_kind <> 'rolling_12_months'
    ) as periods
        on reported.period_start = periods.period_start
        and reported.period_end = periods.period_end
)

select * from from_register
union all by name
select * from from_figures
