-- One row: the share in time of the complaints that fell due in one period without the longest none, one, two or three.
-- Choice: open stages that are overdue count with their time so far, because the longest cases are often still open. Of
-- stages that took equally long, those not in time are left out first, which can only flatter.
-- Three may be left out and the fourth is then the longest, so no more than four lengths of each quarter are looked at.
with judged as (
    select
        reading_number,
        is_declared,
        quarter_start,
        elapsed_working_days,
        result <> 'in_time' as is_late,
        sum(case_stages) as case_stages,
    from core.case_durations
    where counted_on = 'due' and result in ('in_time', 'late', 'overdue', 'withdrawn_late')
    group by reading_number, is_declared, quarter_start, elapsed_working_days, is_late
),

by_quarter as (
    select
        reading_number,
        is_declared,
        quarter_start,
        sum(case_stages) as case_stages,
        coalesce(sum(case_stages) filter (where not is_late), 0) as in_time,
        max(
            {
                'working_days': coalesce(elapsed_working_days, -1),
                'is_late': is_late,
                'stages': case_stages
            },
            4
        ) as longest,
    from judged
    group by reading_number, is_declared, quarter_start
),

by_period as (
    select
        by_quarter.reading_number,
        by_quarter.is_declared,
        periods.period_number,
        any_value(periods.period_kind) as period_kind,
        any_value(periods.period_start) as period_start,
        any_value(periods.period_end) as period_end,
        any_value(periods.period_label) as period_label,
        sum(by_quarter.case_stages) as case_stages,
        sum(by_quarter.in_time) as in_time,
        list_sort(flatten(list(by_quarter.longest)), 'desc')[:4] as longest,
    from by_quarter
    inner join core.case_periods as periods on by_quarter.quarter_start = periods.quarter_start
    group by by_quarter.reading_number, by_quarter.is_declared, periods.period_number
),

lengths as (
    select
        * exclude (longest),
        generate_subscripts(longest, 1) as place,
        unnest(longest) as length,
    from by_period
),

in_order as (
    select
        *,
        sum(length['stages']) over (
            partition by reading_number, is_declared, period_number
            order by place
        ) - length['stages'] as longer,
    from lengths
),

numbers as (select unnest([0, 1, 2, 3]) as left_out,),

without_longest as (
    select
        in_order.*,
        numbers.left_out,
        least(in_order.length['stages'], greatest(numbers.left_out - in_order.longer, 0)) as gone,
    from in_order
    inner join numbers on in_order.case_stages > numbers.left_out
),

summed as (
    select
        reading_number,
        is_declared,
        period_number,
        left_out,
        any_value(period_kind) as period_kind,
        any_value(period_start) as period_start,
        any_value(period_end) as period_end,
        any_value(period_label) as period_label,
        any_value(case_stages) - left_out as case_stages,
        any_value(in_time) - coalesce(sum(gone) filter (where not length['is_late']), 0) as in_time,
        nullif(max(length['working_days']) filter (where length['stages'] > gone), -1)
            as longest_working_days,
    from without_longest
    group by reading_number, is_declared, period_number, left_out
),

readings as (
    select distinct
        reading_number,
        gss_code,
        procedure,
        stage,
        clock_start,
        clock_end,
        allowance,
        as_at,
    from core.clocks
)

select
    readings.gss_code,
    readings.procedure,
    readings.stage,
    readings.clock_start,
    readings.clock_end,
    readings.allowance,
    summed.is_declared,
    summed.period_kind,
    summed.period_start,
    summed.period_end,
    summed.period_label,
    summed.left_out,
    cast(summed.case_stages as bigint) as case_stages,
    cast(summed.in_time as bigint) as in_time,
    if(summed.case_stages >= 5, 100.0 * summed.in_time / summed.case_stages, null) as in_time_pct,
    coalesce(summed.case_stages between 5 and 29, false) as has_small_base,
    summed.longest_working_days,
    readings.as_at,
from summed
inner join readings on summed.reading_number = readings.reading_number
