-- One row: the share in time of the complaints that fell due in one period without the longest none, one, two or three.
-- Choice: open stages that are overdue count with their time so far, because the longest cases are often still open. Of
-- stages that took equally long, those not in time are left out first, which can only flatter.
with judged as (
    select
        durations.gss_code,
        durations.procedure,
        durations.stage,
        durations.clock_start,
        durations.clock_end,
        durations.allowance,
        durations.is_declared,
        periods.period_kind,
        periods.period_start,
        periods.period_end,
        periods.period_label,
        durations.result = 'in_time' as is_in_time,
        durations.elapsed_working_days,
        sum(durations.case_stages) as case_stages,
        any_value(durations.as_at) as as_at,
    from core.case_durations as durations
    inner join core.case_periods as periods on durations.quarter_start = periods.quarter_start
    where
        durations.counted_on = 'due'
        and durations.result in ('in_time', 'late', 'overdue', 'withdrawn_late')
    group by
        durations.gss_code, durations.procedure, durations.stage, durations.clock_start, durations.clock_end,
        durations.allowance,
        durations.is_declared,
        periods.period_kind,
        periods.period_start,
        periods.period_end,
        periods.period_label, is_in_time, durations.elapsed_working_days
),

in_order as (
    select
        *,
        sum(case_stages) over (
            partition by
                gss_code,
                procedure,
                stage,
                clock_start,
                clock_end,
                allowance,
                is_declared,
                period_kind,
                period_start
            order by elapsed_working_days desc, is_in_time asc
        ) - case_stages as longer,
    from judged
),

numbers as (select unnest([0, 1, 2, 3]) as left_out,),

without_longest as (
    select
        in_order.*,
        left_out,
        case_stages - least(case_stages, greatest(left_out - longer, 0)) as kept,
    from in_order
    cross join numbers
)

select
    gss_code,
    procedure,
    stage,
    clock_start,
    clock_end,
    allowance,
    is_declared,
    period_kind,
    period_start,
    period_end,
    period_label,
    left_out,
    cast(sum(kept) as bigint) as case_stages,
    cast(coalesce(sum(kept) filter (where is_in_time), 0) as bigint) as in_time,
    if(sum(kept) >= 5, 100.0 * coalesce(sum(kept) filter (where is_in_time), 0) / sum(kept), null)
        as in_time_pct,
    coalesce(sum(kept) between 5 and 29, false) as has_small_base,
    max(elapsed_working_days) filter (where kept > 0) as longest_working_days,
    any_value(as_at) as as_at,
from without_longest
group by
    gss_code,
    procedure,
    stage,
    clock_start,
    clock_end,
    allowance,
    is_declared,
    period_kind,
    period_start,
    period_end,
    period_label, left_out
having sum(case_stages) > left_out
