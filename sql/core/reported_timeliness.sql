-- One row: what a council without a case register reported of one procedure, stage and service in one period: how many
-- stages were dealt with in time, on one clock and one way of counting.
-- Choice: as reported; of what it does not say, nothing is worked out but a year of four reported quarters.
with reported as (
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
    group by all
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
    group by all
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
            strftime(reported.period_start, '%-d %B %Y')
            || ' to '
            || strftime(reported.period_end, '%-d %B %Y')
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
        using (gss_code, procedure, stage, service, period_start, period_end)
    -- each is a reported figure's own quarter, half-year or year; a rolling year would be the same as some of them
    left join core.case_periods as periods
        on
            reported.period_start = periods.quarter_start
            and reported.period_start = periods.period_start
            and reported.period_end = periods.period_end
            and periods.period_kind <> 'rolling_12_months'
),

held as (
    select distinct
        clocks.gss_code,
        clocks.procedure,
        clocks.stage,
    from core.clocks as clocks
    semi join core.case_timeliness as timeliness on clocks.reading_number = timeliness.reading_number
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
    anti join held
        using (gss_code, procedure, stage)
    where
        quarters.period_kind = 'quarter'
        and quarters.case_stages is not null
        and quarters.in_time is not null
    group by all
    having count(*) = 4
)

select *, from from_figures
union all by name
select *, from reported_years
