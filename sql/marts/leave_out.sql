-- One row: the share in time of the complaints that fell due in one period without the longest none, one, two or three.
-- Choice: open stages that are overdue count with their time so far, because the longest cases are often still open. Of
-- stages that took equally long, those not in time are left out first, which can only flatter.
-- Three may be left out, so no more than three of each quarter are looked at.
with by_quarter as (
    select
        reading_number,
        is_declared,
        quarter_start,
        sum(case_stages) as case_stages,
        coalesce(sum(case_stages) filter (where result = 'in_time'), 0) as in_time,
        max(
            {
                'working_days': coalesce(elapsed_working_days, -1),
                'is_late': result <> 'in_time',
                'stages': case_stages
            },
            3
        ) as longest,
    from core.case_durations
    where counted_on = 'due' and result in ('in_time', 'late', 'overdue', 'withdrawn_late')
    group by reading_number, is_declared, quarter_start
),

by_period as (
    select
        by_quarter.reading_number,
        by_quarter.is_declared,
        periods.period_number,
        sum(by_quarter.case_stages) as case_stages,
        sum(by_quarter.in_time) as in_time,
        list_sort(flatten(list(by_quarter.longest)), 'desc')[:3] as longest,
    from by_quarter
    inner join core.case_periods as periods on by_quarter.quarter_start = periods.quarter_start
    group by by_quarter.reading_number, by_quarter.is_declared, periods.period_number
),

-- one by one: a length may be that of several stages
one_by_one as (
    select
        * exclude (longest),
        flatten(
            list_transform(
                longest, lambda length: repeat([length], cast(least(length['stages'], 3) as bigint))
            )
        ) as longest,
    from by_period
),

numbers as (select unnest([0, 1, 2, 3]) as left_out,),

without_longest as (
    select
        one_by_one.reading_number,
        one_by_one.is_declared,
        one_by_one.period_number,
        numbers.left_out,
        one_by_one.case_stages - numbers.left_out as case_stages,
        one_by_one.in_time
        - len(list_filter(one_by_one.longest[:numbers.left_out], lambda length: not length['is_late']))
            as in_time,
    from one_by_one
    inner join numbers on one_by_one.case_stages > numbers.left_out
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
    without_longest.is_declared,
    periods.period_kind,
    periods.period_start,
    periods.period_end,
    periods.period_label,
    without_longest.left_out,
    cast(without_longest.case_stages as bigint) as case_stages,
    cast(without_longest.in_time as bigint) as in_time,
    if(
        without_longest.case_stages >= 5, 100.0 * without_longest.in_time / without_longest.case_stages, null
    ) as in_time_pct,
    coalesce(without_longest.case_stages between 5 and 29, false) as has_small_base,
    readings.as_at,
from without_longest
inner join readings on without_longest.reading_number = readings.reading_number
-- a period stands once with its first quarter
inner join core.case_periods as periods
    on without_longest.period_number = periods.period_number and periods.quarter_start = periods.period_start
