-- One row: how many stages on one clock had which result in one period, and how long they took.
-- Choice: clocks and periods are their numbers, and marts.stage_timeliness, a view, has the words: of every council these are
-- millions of rows, whose words take longer to write and to put in order than all that is counted.
-- Sums are of floating point because DuckDB would sum whole numbers to wider ones, which take twice the memory; whole
-- numbers are exact there up to 2^53.
with quarters as (
    select
        reading_number,
        clock_number,
        is_declared,
        counted_on,
        quarter_start,
        min(allowed_working_days) as least_allowed_working_days,
        max(allowed_working_days) as most_allowed_working_days,
        cast(
            sum(case_stages) filter (
                where result in ('in_time', 'late', 'overdue', 'withdrawn_late')
            ) as double
        ) as judged,
        cast(sum(case_stages) filter (where result = 'in_time') as double) as in_time,
        cast(sum(case_stages) filter (where result = 'late') as double) as late,
        cast(sum(case_stages) filter (where result = 'overdue') as double) as overdue,
        cast(sum(case_stages) filter (where result = 'not_yet_due') as double) as not_yet_due,
        cast(sum(case_stages) filter (where result = 'withdrawn') as double) as withdrawn,
        cast(sum(case_stages) filter (where result = 'withdrawn_late') as double) as withdrawn_late,
        cast(sum(case_stages) filter (where result = 'not_recorded') as double) as not_recorded,
        cast(sum(case_stages) filter (where result in ('completed', 'open')) as double) as without_limit,
    from core.case_durations
    group by all
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
        cast(coalesce(sum(quarters.judged), 0) as integer) as judged,
        cast(coalesce(sum(quarters.in_time), 0) as integer) as in_time,
        cast(coalesce(sum(quarters.late), 0) as integer) as late,
        cast(coalesce(sum(quarters.overdue), 0) as integer) as overdue,
        cast(coalesce(sum(quarters.not_yet_due), 0) as integer) as not_yet_due,
        cast(coalesce(sum(quarters.withdrawn), 0) as integer) as withdrawn,
        cast(coalesce(sum(quarters.withdrawn_late), 0) as integer) as withdrawn_late,
        cast(coalesce(sum(quarters.not_recorded), 0) as integer) as not_recorded,
        cast(coalesce(sum(quarters.without_limit), 0) as integer) as without_limit,
    from quarters
    inner join core.case_periods as periods
        using (quarter_start)
    group by grouping sets (
        (
            quarters.reading_number, quarters.is_declared, quarters.counted_on, periods.period_number,
            quarters.clock_number
        ),
        (quarters.reading_number, quarters.is_declared, quarters.counted_on, periods.period_number)
    )
)

select
    summed.*,
    quantiles.median_working_days,
    quantiles.p90_working_days,
from summed
left join core.case_quantiles as quantiles
    using (reading_number, clock_number, is_declared, counted_on, period_number)
