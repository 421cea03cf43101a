-- One row: how many complaints of one procedure and stage were open, and past their limit, at the end of one quarter.
-- Choice: on the council's declared clock; a stage counts as overdue until it is completed or withdrawn.
with clocks as (
    select
        gss_code,
        procedure,
        stage,
        clock_start,
        clock_end,
        allowance,
        as_at,
        start_date,
        due_date,
        coalesce(completed_date, withdrawn_date) as ended_date,
    from core.case_clocks
    where
        is_declared
        and start_date is not null
        and result <> 'not_recorded'
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
        gss_code,
        procedure,
        stage,
        clock_start,
        clock_end,
        allowance,
        as_at,
        cast(date_trunc('quarter', start_date) as date) as quarter_start,
        1 as open,
        0 as overdue,
    from clocks
    union all
    select
        gss_code,
        procedure,
        stage,
        clock_start,
        clock_end,
        allowance,
        as_at,
        cast(date_trunc('quarter', ended_date) as date) as quarter_start,
        -1 as open,
        0 as overdue,
    from clocks
    where ended_date is not null
    union all
    select
        gss_code,
        procedure,
        stage,
        clock_start,
        clock_end,
        allowance,
        as_at,
        cast(date_trunc('quarter', due_date + interval 1 day) as date) as quarter_start,
        0 as open,
        1 as overdue,
    from clocks
    where ended_date is null or ended_date > due_date
    union all
    select
        gss_code,
        procedure,
        stage,
        clock_start,
        clock_end,
        allowance,
        as_at,
        cast(date_trunc('quarter', ended_date) as date) as quarter_start,
        0 as open,
        -1 as overdue,
    from clocks
    where ended_date > due_date
),

changes as (
    select
        gss_code,
        procedure,
        stage,
        clock_start,
        clock_end,
        allowance,
        quarter_start,
        any_value(as_at) as as_at,
        sum(open) as open,
        sum(overdue) as overdue,
    from events
    where quarter_start is not null
    group by gss_code, procedure, stage, clock_start, clock_end, allowance, quarter_start
),

clocks_used as (
    select
        gss_code,
        procedure,
        stage,
        clock_start,
        clock_end,
        allowance,
        min(quarter_start) as first_quarter,
        max(as_at) as as_at,
    from changes
    group by gss_code, procedure, stage, clock_start, clock_end, allowance
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
        clocks_used.gss_code = changes.gss_code
        and clocks_used.procedure = changes.procedure
        and clocks_used.stage = changes.stage
        and clocks_used.clock_start = changes.clock_start
        and clocks_used.clock_end = changes.clock_end
        and clocks_used.allowance = changes.allowance
        and quarters.period_start = changes.quarter_start
window clock as (
    partition by
        clocks_used.gss_code, clocks_used.procedure, clocks_used.stage, clocks_used.clock_start,
        clocks_used.clock_end, clocks_used.allowance
    order by quarters.period_start
)
