-- One row: how many stages on one clock had one result after so many working days, among those received, closed or falling
-- due in one quarter.
-- Choice: a stage falls due in the quarter of its limit, and is counted there only once that limit has passed; what was
-- withdrawn before its limit is counted apart, what was withdrawn after it had missed it already.
with received as (
    select
        clock_number,
        is_declared,
        allowed_working_days,
        cast(date_trunc('quarter', start_date) as date) as quarter_start,
        result,
        elapsed_working_days,
        count(*) as case_stages,
    from core.case_results
    where start_date is not null
    group by clock_number, is_declared, allowed_working_days, quarter_start, result, elapsed_working_days
),

closed as (
    select
        clock_number,
        is_declared,
        allowed_working_days,
        cast(date_trunc('quarter', completed_date) as date) as quarter_start,
        result,
        elapsed_working_days,
        count(*) as case_stages,
    from core.case_results
    where result in ('in_time', 'late', 'completed')
    group by clock_number, is_declared, allowed_working_days, quarter_start, result, elapsed_working_days
),

due as (
    select
        results.clock_number,
        results.is_declared,
        results.allowed_working_days,
        cast(date_trunc('quarter', results.due_date) as date) as quarter_start,
        results.result,
        results.elapsed_working_days,
        count(*) as case_stages,
    from core.case_results as results
    inner join core.clocks as clocks on results.clock_number = clocks.clock_number
    where
        results.due_date < clocks.as_at
        or (results.due_date = clocks.as_at and results.result <> 'not_yet_due')
    group by all
),

counted as (
    select
        *,
        'received' as counted_on,
    from received
    union all
    select
        *,
        'closed' as counted_on,
    from closed
    union all
    select
        *,
        'due' as counted_on,
    from due
)

select
    clocks.reading_number,
    counted.clock_number,
    counted.is_declared,
    counted.counted_on,
    counted.allowed_working_days,
    counted.quarter_start,
    counted.result,
    counted.elapsed_working_days,
    counted.case_stages,
from counted
inner join core.clocks as clocks on counted.clock_number = clocks.clock_number
