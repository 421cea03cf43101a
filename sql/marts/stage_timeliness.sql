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
    from core.case_durations
    group by service
),

periods as (
    select
        row_number() over () as period_number,
        period_kind,
        period_start,
        period_end,
        period_label,
    from core.case_periods
    group by period_kind, period_start, period_end, period_label
),

-- a reported figure's own quarter, half-year or year; a rolling year would be the same as some of them
whole_periods as (
    select *,
    from periods
    where period_kind <> 'rolling_12_months'
),

numbered_quarters as (
    select
        periods.period_number,
        case_periods.quarter_start,
    from core.case_periods as case_periods
    inner join periods
        on case_periods.period_kind = periods.period_kind and case_periods.period_start = periods.period_start
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
    inner join clocks
        on
            durations.gss_code = clocks.gss_code
            and durations.procedure = clocks.procedure
            and durations.stage = clocks.stage
            and durations.clock_start = clocks.clock_start
            and durations.clock_end = clocks.clock_end
            and durations.allowance = clocks.allowance
            and durations.is_declared = clocks.is_declared
            and durations.counted_on = clocks.counted_on
    inner join services on durations.service = services.service
),

every_service as (
    select *, from durations
    union all by name
    select
        clock_number,
        0 as service_number,
        quarter_start,
        allowed_working_days,
        result,
        elapsed_working_days,
        cast(sum(case_stages) as integer) as case_stages,
        cast(sum(completed) as integer) as completed,
    from durations
    group by clock_number, quarter_start, allowed_working_days, result, elapsed_working_days
),

-- everything below counts these rows once: a result after so many days, in one service or all, in one period
counted as (
    select
        every_service.clock_number,
        every_service.service_number,
        numbered_quarters.period_number,
        every_service.result,
        every_service.elapsed_working_days,
        min(every_service.allowed_working_days) as least_allowed_working_days,
        max(every_service.allowed_working_days) as most_allowed_working_days,
        cast(sum(every_service.case_stages) as integer) as case_stages,
        cast(sum(every_service.completed) as integer) as completed,
    from every_service
    inner join numbered_quarters on every_service.quarter_start = numbered_quarters.quarter_start
    group by
        every_service.clock_number,
        every_service.service_number,
        numbered_quarters.period_number,
        every_service.result,
        every_service.elapsed_working_days
),

summed as (
    select
        clock_number,
        service_number,
        period_number,
        if(
            min(least_allowed_working_days) = max(most_allowed_working_days),
            max(most_allowed_working_days),
            null
        ) as limit_working_days,
        min(least_allowed_working_days) as least_allowed_working_days,
        max(most_allowed_working_days) as most_allowed_working_days,
        sum(case_stages) filter (where result in ('in_time', 'late', 'overdue', 'withdrawn_late')) as judged,
        coalesce(sum(case_stages) filter (where result = 'in_time'), 0) as in_time,
        coalesce(sum(case_stages) filter (where result = 'late'), 0) as late,
        coalesce(sum(case_stages) filter (where result = 'overdue'), 0) as overdue,
        coalesce(sum(case_stages) filter (where result = 'not_yet_due'), 0) as not_yet_due,
        coalesce(sum(case_stages) filter (where result = 'withdrawn'), 0) as withdrawn,
        coalesce(sum(case_stages) filter (where result = 'withdrawn_late'), 0) as withdrawn_late,
        coalesce(sum(case_stages) filter (where result = 'not_recorded'), 0) as not_recorded,
        coalesce(sum(case_stages) filter (where result in ('completed', 'open')), 0) as without_limit,
    from counted
    group by clock_number, service_number, period_number
),

days as (
    select
        clock_number,
        service_number,
        period_number,
        elapsed_working_days,
        cast(sum(completed) as integer) as completed,
    from counted
    where completed > 0
    group by clock_number, service_number, period_number, elapsed_working_days
),

running as (
    select
        *,
        cast(
            sum(completed) over (
                partition by clock_number, service_number, period_number
                order by elapsed_working_days
            ) as integer
        ) as so_far,
        cast(
            sum(completed) over (partition by clock_number, service_number, period_number) as integer
        ) as in_all,
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
        clocks.gss_code,
        clocks.procedure,
        clocks.stage,
        coalesce(services.service, 'all') as service,
        periods.period_kind,
        periods.period_start,
        periods.period_end,
        periods.period_label,
        clocks.counted_on,
        clocks.clock_start,
        clocks.clock_end,
        clocks.allowance,
        clocks.is_declared,
        cast(summed.limit_working_days as integer) as limit_working_days,
        case
            when clocks.allowance = 'agreed' then 'as agreed in each case'
            when summed.limit_working_days is not null then summed.limit_working_days || ' working days'
            when summed.most_allowed_working_days is not null
                then
                    summed.least_allowed_working_days || ' to ' || summed.most_allowed_working_days
                    || ' working days, as it changed'
            when summed.judged > 0 or summed.not_yet_due > 0 then 'in months'
            else 'none set'
        end as limit_stated,
        cast(coalesce(summed.judged, 0) as bigint) as case_stages,
        cast(summed.in_time as bigint) as in_time,
        cast(summed.late as bigint) as late,
        cast(summed.overdue as bigint) as overdue,
        cast(summed.not_yet_due as bigint) as not_yet_due,
        cast(summed.withdrawn as bigint) as withdrawn,
        cast(summed.withdrawn_late as bigint) as withdrawn_late,
        cast(summed.not_recorded as bigint) as not_recorded,
        if(summed.judged >= 5, 100.0 * summed.in_time / summed.judged, null) as in_time_pct,
        cast(null as double) as in_time_pct_as_printed,
        if(
            quantiles.completed_in_all > 0,
            quantiles.median_low
            + (quantiles.median_high - quantiles.median_low) * ((quantiles.completed_in_all - 1) * 0.5 % 1),
            null
        ) as median_working_days,
        if(
            quantiles.completed_in_all > 0,
            quantiles.p90_low
            + (quantiles.p90_high - quantiles.p90_low) * ((quantiles.completed_in_all - 1) * 0.9 % 1),
            null
        ) as p90_working_days,
        coalesce(summed.judged between 5 and 29, false) as has_small_base,
        case
            when coalesce(summed.judged, 0) = 0 and summed.without_limit > 0 then 'no limit set'
            when coalesce(summed.judged, 0) = 0 then 'none to judge'
            when summed.judged < 5 then 'fewer than 5'
        end as reason,
        periods.period_end <= clocks.as_at as is_whole_period,
        clocks.as_at,
        'case register' as source,
    from summed
    inner join clocks on summed.clock_number = clocks.clock_number
    inner join periods on summed.period_number = periods.period_number
    left join services on summed.service_number = services.service_number
    left join quantiles
        on
            summed.clock_number = quantiles.clock_number
            and summed.service_number = quantiles.service_number
            and summed.period_number = quantiles.period_number
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
            strftime(reported.period_start, '%-d %b %Y')
            || ' to '
            || strftime(reported.period_end, '%-d %b %Y')
        ) as period_label,
        reported.counted_on,
        reported.clock_start,
        reported.clock_end,
        'as_reported' as allowance,
        true as is_declared,
        reported.limit_working_days,
        reported.limit_working_days || ' working days' as limit_stated,
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
        on
            reported.gss_code = reported_durations.gss_code
            and reported.procedure = reported_durations.procedure
            and reported.stage = reported_durations.stage
            and reported.service = reported_durations.service
            and reported.period_start = reported_durations.period_start
            and reported.period_end = reported_durations.period_end
    left join whole_periods as periods
        on
            reported.period_start = periods.period_start
            and reported.period_end = periods.period_end
),

-- four reported quarters in a row, on one clock and limit, make a year of which the register itself says nothing
reported_years as (
    select
        quarters.gss_code,
        quarters.procedure,
        quarters.stage,
        quarters.service,
        years.period_kind,
        years.period_start,
        years.period_end,
        years.period_label,
        quarters.counted_on,
        quarters.clock_start,
        quarters.clock_end,
        quarters.allowance,
        quarters.is_declared,
        quarters.limit_working_days,
        quarters.limit_stated,
        cast(sum(quarters.case_stages) as bigint) as case_stages,
        cast(sum(quarters.in_time) as bigint) as in_time,
        if(
            sum(quarters.case_stages) >= 5, 100.0 * sum(quarters.in_time) / sum(quarters.case_stages), null
        ) as in_time_pct,
        coalesce(sum(quarters.case_stages) between 5 and 29, false) as has_small_base,
        case
            when sum(quarters.case_stages) = 0 then 'none to judge'
            when sum(quarters.case_stages) < 5 then 'fewer than 5'
        end as reason,
        true as is_whole_period,
        max(quarters.as_at) as as_at,
        string_agg(distinct quarters.source, '; ' order by quarters.source) as source,
    from from_figures as quarters
    inner join core.case_periods as years
        on quarters.period_start = years.quarter_start and years.period_kind = 'rolling_12_months'
    anti join from_register
        on
            quarters.gss_code = from_register.gss_code
            and quarters.procedure = from_register.procedure
            and quarters.stage = from_register.stage
    where
        quarters.period_kind = 'quarter'
        and quarters.case_stages is not null
        and quarters.in_time is not null
    group by
        quarters.gss_code, quarters.procedure, quarters.stage, quarters.service, years.period_kind,
        years.period_start, years.period_end, years.period_label, quarters.counted_on, quarters.clock_start,
        quarters.clock_end, quarters.allowance, quarters.is_declared, quarters.limit_working_days,
        quarters.limit_stated
    having count(*) = 4
)

select *, from from_register
union all by name
select *, from from_figures
union all by name
select *, from reported_years
