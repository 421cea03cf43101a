-- One row: how many stages of one procedure, stage and service, on one clock, had one result after so many working days,
-- among those received, closed or falling due in one quarter.
-- Choice: a stage falls due in the quarter of its limit, and is counted there only once that limit has passed; what was
-- withdrawn before its limit is counted apart, what was withdrawn after it had missed it already.
with bases as (
    select
        *,
        'received' as counted_on,
        start_date as counted_date,
    from core.case_clocks
    where start_date is not null
    union all
    select
        *,
        'closed' as counted_on,
        completed_date as counted_date,
    from core.case_clocks
    where result in ('in_time', 'late', 'completed')
    union all
    select
        *,
        'due' as counted_on,
        due_date as counted_date,
    from core.case_clocks
    where due_date < as_at or (due_date = as_at and result <> 'not_yet_due')
)

select
    gss_code,
    procedure,
    stage,
    service,
    counted_on,
    clock_start,
    clock_end,
    allowance,
    is_declared,
    allowed_working_days,
    cast(date_trunc('quarter', counted_date) as date) as quarter_start,
    result,
    elapsed_working_days,
    count(*) as case_stages,
    any_value(as_at) as as_at,
from bases
group by
    gss_code, procedure, stage, service, counted_on, clock_start, clock_end, allowance, is_declared,
    allowed_working_days, quarter_start, result, elapsed_working_days
