-- One row: how many stages of one procedure, stage and service were dealt with in time in one period, on one clock and
-- one way of counting.
-- Choice: `due`, of the stages whose limit fell due in the period, is the primary way: of those closed flatters a council
-- whose backlog grows, and punishes one that clears it. No percentage of ours on fewer than five stages.
with quarters as (
    select
        reading_number,
        clock_number,
        is_declared,
        counted_on,
        quarter_start,
        min(allowed_working_days) as least_allowed_working_days,
        max(allowed_working_days) as most_allowed_working_days,
        sum(case_stages) filter (where result in ('in_time', 'late', 'overdue', 'withdrawn_late')) as judged,
        sum(case_stages) filter (where result = 'in_time') as in_time,
        sum(case_stages) filter (where result = 'late') as late,
        sum(case_stages) filter (where result = 'overdue') as overdue,
        sum(case_stages) filter (where result = 'not_yet_due') as not_yet_due,
        sum(case_stages) filter (where result = 'withdrawn') as withdrawn,
        sum(case_stages) filter (where result = 'withdrawn_late') as withdrawn_late,
        sum(case_stages) filter (where result = 'not_recorded') as not_recorded,
        sum(case_stages) filter (where result in ('completed', 'open')) as without_limit,
    from core.case_durations
    group by reading_number, clock_number, is_declared, counted_on, quarter_start
),

-- clock 0 stands for all services together
summed as (
    select
        quarters.reading_number,
        if(grouping(quarters.clock_number) = 1, 0, quarters.clock_number) as clock_number,
        quarters.is_declared,
        quarters.counted_on,
        periods.period_number,
        min(quarters.least_allowed_working_days) as least_allowed_working_days,
        max(quarters.most_allowed_working_days) as most_allowed_working_days,
        sum(quarters.judged) as judged,
        coalesce(sum(quarters.in_time), 0) as in_time,
        coalesce(sum(quarters.late), 0) as late,
        coalesce(sum(quarters.overdue), 0) as overdue,
        coalesce(sum(quarters.not_yet_due), 0) as not_yet_due,
        coalesce(sum(quarters.withdrawn), 0) as withdrawn,
        coalesce(sum(quarters.withdrawn_late), 0) as withdrawn_late,
        coalesce(sum(quarters.not_recorded), 0) as not_recorded,
        coalesce(sum(quarters.without_limit), 0) as without_limit,
    from quarters
    inner join core.case_periods as periods on quarters.quarter_start = periods.quarter_start
    group by grouping sets (
        (
            quarters.reading_number, quarters.is_declared, quarters.counted_on, periods.period_number,
            quarters.clock_number
        ),
        (quarters.reading_number, quarters.is_declared, quarters.counted_on, periods.period_number)
    )
),

clocks as (
    select
        reading_number,
        clock_number,
        gss_code,
        procedure,
        stage,
        service,
        clock_start,
        clock_end,
        allowance,
        as_at,
    from core.clocks
    union all
    select distinct
        reading_number,
        0 as clock_number,
        gss_code,
        procedure,
        stage,
        'all' as service,
        clock_start,
        clock_end,
        allowance,
        as_at,
    from core.clocks
),

periods as (
    select distinct
        period_number,
        period_kind,
        period_start,
        period_end,
        period_label,
    from core.case_periods
),

-- a reported figure's own quarter, half-year or year; a rolling year would be the same as some of them
whole_periods as (
    select *,
    from periods
    where period_kind <> 'rolling_12_months'
),

limited as (
    select
        *,
        if(least_allowed_working_days = most_allowed_working_days, most_allowed_working_days, null)
            as limit_working_days,
    from summed
),

from_register as (
    select
        clocks.gss_code,
        clocks.procedure,
        clocks.stage,
        clocks.service,
        periods.period_kind,
        periods.period_start,
        periods.period_end,
        periods.period_label,
        limited.counted_on,
        clocks.clock_start,
        clocks.clock_end,
        clocks.allowance,
        limited.is_declared,
        limited.limit_working_days,
        case
            when clocks.allowance = 'agreed' then 'as agreed in each case'
            when limited.limit_working_days is not null then limited.limit_working_days || ' working days'
            when limited.most_allowed_working_days is not null
                then
                    limited.least_allowed_working_days || ' to ' || limited.most_allowed_working_days
                    || ' working days, as it changed'
            when limited.judged > 0 or limited.not_yet_due > 0 then 'in months'
            else 'none set'
        end as limit_stated,
        cast(coalesce(limited.judged, 0) as bigint) as case_stages,
        cast(limited.in_time as bigint) as in_time,
        cast(limited.late as bigint) as late,
        cast(limited.overdue as bigint) as overdue,
        cast(limited.not_yet_due as bigint) as not_yet_due,
        cast(limited.withdrawn as bigint) as withdrawn,
        cast(limited.withdrawn_late as bigint) as withdrawn_late,
        cast(limited.not_recorded as bigint) as not_recorded,
        if(limited.judged >= 5, 100.0 * limited.in_time / limited.judged, null) as in_time_pct,
        cast(null as double) as in_time_pct_as_printed,
        quantiles.median_working_days,
        quantiles.p90_working_days,
        coalesce(limited.judged between 5 and 29, false) as has_small_base,
        case
            when coalesce(limited.judged, 0) = 0 and limited.without_limit > 0 then 'no limit set'
            when coalesce(limited.judged, 0) = 0 then 'none to judge'
            when limited.judged < 5 then 'fewer than 5'
        end as reason,
        periods.period_end <= clocks.as_at as is_whole_period,
        clocks.as_at,
        'case register' as source,
    from limited
    inner join clocks
        on limited.reading_number = clocks.reading_number and limited.clock_number = clocks.clock_number
    inner join periods on limited.period_number = periods.period_number
    left join core.case_quantiles as quantiles
        on
            limited.reading_number = quantiles.reading_number
            and limited.clock_number = quantiles.clock_number
            and limited.is_declared = quantiles.is_declared
            and limited.counted_on = quantiles.counted_on
            and limited.period_number = quantiles.period_number
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
