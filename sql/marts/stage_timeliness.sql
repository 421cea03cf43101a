-- One row: how many stages of one procedure, stage and service were dealt with in time in one period, on one clock and
-- one way of counting.
-- Choice: `due`, of the stages whose limit fell due in the period, is the primary way: of those closed flatters a council
-- whose backlog grows, and punishes one that clears it. No percentage of ours on fewer than five stages.
-- A view: the counts are in core.case_timeliness, without the words.
with clocks as (
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

timeliness as (
    select
        *,
        if(least_allowed_working_days = most_allowed_working_days, most_allowed_working_days, null)
            as limit_working_days,
    from core.case_timeliness
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
        timeliness.counted_on,
        clocks.clock_start,
        clocks.clock_end,
        clocks.allowance,
        timeliness.is_declared,
        timeliness.limit_working_days,
        cast(timeliness.judged as bigint) as case_stages,
        cast(timeliness.in_time as bigint) as in_time,
        cast(timeliness.late as bigint) as late,
        cast(timeliness.overdue as bigint) as overdue,
        cast(timeliness.not_yet_due as bigint) as not_yet_due,
        cast(timeliness.withdrawn as bigint) as withdrawn,
        cast(timeliness.withdrawn_late as bigint) as withdrawn_late,
        cast(timeliness.not_recorded as bigint) as not_recorded,
        cast(timeliness.without_limit as bigint) as without_limit,
        if(timeliness.judged >= 5, 100.0 * timeliness.in_time / timeliness.judged, null) as in_time_pct,
        cast(null as double) as in_time_pct_as_printed,
        timeliness.median_working_days,
        timeliness.p90_working_days,
        timeliness.judged between 5 and 29 as has_small_base,
        case
            when timeliness.judged = 0 and timeliness.without_limit > 0 then 'no limit set'
            when timeliness.judged = 0 then 'none to judge'
            when timeliness.judged < 5 then 'fewer than 5'
        end as reason,
        periods.period_end <= clocks.as_at as is_whole_period,
        clocks.as_at,
        'case register' as source,
    from timeliness
    inner join clocks
        using (reading_number, clock_number)
    -- a period stands once with its first quarter
    inner join core.case_periods as periods
        on timeliness.period_number = periods.period_number and periods.quarter_start = periods.period_start
)

select *, from from_register
union all by name
select *, from core.reported_timeliness
