-- One row: how many stages on one clock had one result after so many working days, among those received, closed or falling
-- due in one quarter.
-- Choice: a stage falls due in the quarter of its limit, and is counted there only once that limit has passed; what was
-- withdrawn before its limit is counted apart, what was withdrawn after it had missed it already.
with bases as (
    select
        *,
        'received' as counted_on,
        start_date as counted_date,
    from core.case_results
    where start_date is not null
    union all
    select
        *,
        'closed' as counted_on,
        completed_date as counted_date,
    from core.case_results
    where result in ('in_time', 'late', 'completed')
    union all
    select
        results.*,
        'due' as counted_on,
        results.due_date as counted_date,
    from core.case_results as results
    inner join core.clocks as clocks on results.clock_number = clocks.clock_number
    where
        results.due_date < clocks.as_at
        or (results.due_date = clocks.as_at and results.result <> 'not_yet_due')
),

counted as (
    select
        clock_number,
        is_declared,
        counted_on,
        allowed_working_days,
        cast(date_trunc('quarter', counted_date) as date) as quarter_start,
        result,
        elapsed_working_days,
        count(*) as case_stages,
    from bases
    group by
        clock_number, is_declared, counted_on, allowed_working_days, quarter_start, result,
        elapsed_working_days
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
