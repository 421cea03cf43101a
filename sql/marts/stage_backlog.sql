-- One row: how many complaints of one procedure and stage were open, and past their limit, at the end of one quarter.
-- Choice: on the council's declared clock; a stage counts as overdue until it is completed or withdrawn.
with stages as (
    select
        clocks.reading_number,
        results.start_date,
        results.due_date,
        coalesce(results.completed_date, results.withdrawn_date) as ended_date,
    from core.case_results as results
    inner join core.clocks as clocks on results.clock_number = clocks.clock_number
    where
        results.is_declared
        and results.start_date is not null
        and results.result <> 'not_recorded'
),

quarters as (
    select distinct
        period_start,
        period_end,
        period_label,
    from core.case_periods
    where period_kind = 'quarter'
),

events as (
    select
        reading_number,
        cast(date_trunc('quarter', start_date) as date) as quarter_start,
        1 as open,
        0 as overdue,
    from stages
    union all
    select
        reading_number,
        cast(date_trunc('quarter', ended_date) as date) as quarter_start,
        -1 as open,
        0 as overdue,
    from stages
    where ended_date is not null
    union all
    select
        reading_number,
        cast(date_trunc('quarter', due_date + interval 1 day) as date) as quarter_start,
        0 as open,
        1 as overdue,
    from stages
    where ended_date is null or ended_date > due_date
    union all
    select
        reading_number,
        cast(date_trunc('quarter', ended_date) as date) as quarter_start,
        0 as open,
        -1 as overdue,
    from stages
    where ended_date > due_date
),

changes as (
    select
        reading_number,
        quarter_start,
        sum(open) as open,
        sum(overdue) as overdue,
    from events
    where quarter_start is not null
    group by reading_number, quarter_start
),

clocks_used as (
    select
        changes.reading_number,
        any_value(clocks.gss_code) as gss_code,
        any_value(clocks.procedure) as procedure,
        any_value(clocks.stage) as stage,
        any_value(clocks.clock_start) as clock_start,
        any_value(clocks.clock_end) as clock_end,
        any_value(clocks.allowance) as allowance,
        any_value(clocks.as_at) as as_at,
        min(changes.quarter_start) as first_quarter,
    from changes
    inner join core.clocks as clocks on changes.reading_number = clocks.reading_number
    group by changes.reading_number
)

select
    clocks_used.gss_code,
    clocks_used.procedure,
    clocks_used.stage,
    clocks_used.clock_start,
    clocks_used.clock_end,
    clocks_used.allowance,
    quarters.period_start,
    quarters.period_end,
    quarters.period_label,
    cast(sum(coalesce(changes.open, 0)) over clock as bigint) as open_at_end,
    cast(sum(coalesce(changes.overdue, 0)) over clock as bigint) as overdue_at_end,
    clocks_used.as_at,
from clocks_used
inner join quarters
    on
        clocks_used.first_quarter <= quarters.period_start
        and clocks_used.as_at >= quarters.period_end
left join changes
    on
        clocks_used.reading_number = changes.reading_number
        and quarters.period_start = changes.quarter_start
window clock as (
    partition by clocks_used.reading_number
    order by quarters.period_start
)
