-- One row: how many complaints received in one period ended, and how, or were still open, after so many working days.
-- Choice: a withdrawn stage ends in its own way: it is neither completed nor as if it would have been.
select
    durations.reading_number,
    durations.is_declared,
    durations.allowed_working_days as limit_working_days,
    periods.period_number,
    durations.elapsed_working_days,
    cast(
        coalesce(
            sum(durations.case_stages) filter (where durations.result in ('in_time', 'late')), 0
        ) as bigint
    ) as completed,
    cast(
        coalesce(
            sum(durations.case_stages) filter (where durations.result in ('withdrawn', 'withdrawn_late')), 0
        ) as bigint
    ) as withdrawn,
    cast(
        coalesce(
            sum(durations.case_stages) filter (where durations.result in ('overdue', 'not_yet_due')), 0
        ) as bigint
    ) as still_open,
from core.case_durations as durations
inner join core.case_periods as periods on durations.quarter_start = periods.quarter_start
where
    durations.counted_on = 'received'
    and durations.allowed_working_days is not null
    and durations.result in ('in_time', 'late', 'withdrawn', 'withdrawn_late', 'overdue', 'not_yet_due')
group by
    durations.reading_number, durations.is_declared, durations.allowed_working_days, periods.period_number,
    durations.elapsed_working_days
