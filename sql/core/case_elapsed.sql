-- One row: how many complaints received in one period ended, and how, or were still open, after so many working days.
-- Choice: a withdrawn stage ends in its own way: it is neither completed nor as if it would have been.
-- Sums are of floating point because DuckDB would sum whole numbers to wider ones, which take twice the memory; whole
-- numbers are exact there up to 2^53.
with ends as (
    select
        reading_number,
        is_declared,
        allowed_working_days as limit_working_days,
        quarter_start,
        elapsed_working_days,
        cast(
            coalesce(sum(case_stages) filter (where result in ('in_time', 'late')), 0) as double
        ) as completed,
        cast(
            coalesce(sum(case_stages) filter (where result in ('withdrawn', 'withdrawn_late')), 0) as double
        ) as withdrawn,
        cast(
            coalesce(sum(case_stages) filter (where result in ('overdue', 'not_yet_due')), 0) as double
        ) as still_open,
    from core.case_durations
    where
        counted_on = 'received'
        and allowed_working_days is not null
        and result in ('in_time', 'late', 'withdrawn', 'withdrawn_late', 'overdue', 'not_yet_due')
    group by reading_number, is_declared, limit_working_days, quarter_start, elapsed_working_days
)

select
    ends.reading_number,
    ends.is_declared,
    ends.limit_working_days,
    periods.period_number,
    ends.elapsed_working_days,
    cast(sum(ends.completed) as bigint) as completed,
    cast(sum(ends.withdrawn) as bigint) as withdrawn,
    cast(sum(ends.still_open) as bigint) as still_open,
from ends
inner join core.case_periods as periods on ends.quarter_start = periods.quarter_start
group by all
