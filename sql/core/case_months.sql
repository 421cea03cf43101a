-- One row: one measure of one procedure and stage in one month, for control charts.
-- Choice: the running month is left out, and so are months before the first case; a month in which nothing fell due has
-- no share, while a month in which nothing was received counts as none.
with months as (
    select
        registers.gss_code,
        registers.as_at,
        cast(unnest(
            generate_series(
                date_trunc('month', registers.first_requested_date),
                date_trunc('month', registers.as_at + interval 1 day) - interval 1 month,
                interval 1 month
            )
        ) as date) as month_start,
    from core.case_registers as registers
),

received as (
    select
        gss_code,
        procedure,
        stage,
        cast(date_trunc('month', requested_date) as date) as month_start,
        count(*) as received,
    from core.case_stages
    where is_complaint
    group by gss_code, procedure, stage, month_start
),

stages as (
    select
        gss_code,
        procedure,
        stage,
        min(month_start) as first_month,
    from received
    group by gss_code, procedure, stage
),

due as (
    select
        clocks.gss_code,
        clocks.procedure,
        clocks.stage,
        cast(date_trunc('month', results.due_date) as date) as month_start,
        count(*) filter (where results.result = 'in_time') as in_time,
        count(*) as judged,
    from core.case_results as results
    inner join core.clocks as clocks on results.clock_number = clocks.clock_number
    where
        results.is_declared
        and results.result in ('in_time', 'late', 'overdue', 'withdrawn_late')
        and results.due_date <= clocks.as_at
    group by clocks.gss_code, clocks.procedure, clocks.stage, month_start
),

charted as (
    select
        stages.gss_code,
        stages.procedure,
        stages.stage,
        'received' as measure,
        months.month_start,
        coalesce(received.received, 0) as cases,
        cast(null as bigint) as of_cases,
        months.as_at,
    from stages
    inner join months
        on
            stages.gss_code = months.gss_code
            and stages.first_month <= months.month_start
    left join received
        on
            stages.gss_code = received.gss_code
            and stages.procedure = received.procedure
            and stages.stage = received.stage
            and months.month_start = received.month_start
    union all
    select
        due.gss_code,
        due.procedure,
        due.stage,
        'due_in_time' as measure,
        due.month_start,
        due.in_time as cases,
        due.judged as of_cases,
        months.as_at,
    from due
    inner join months
        using (gss_code, month_start)
),

rebases as (
    select
        charted.gss_code,
        charted.procedure,
        charted.stage,
        charted.measure,
        events.what_changed,
        min(charted.month_start) as month_start,
    from charted
    inner join raw.chart_rebases as events
        on
            charted.procedure = events.procedure
            and charted.stage = events.stage
            and charted.measure = events.measure
            and charted.month_start >= cast(events.from_date as date)
            and (events.gss_code is null or charted.gss_code = events.gss_code)
    group by
        charted.gss_code, charted.procedure, charted.stage, charted.measure, events.what_changed,
        events.from_date
),

rebased as (
    select
        gss_code,
        procedure,
        stage,
        measure,
        month_start,
        string_agg(what_changed, '; ' order by what_changed) as rebased_because,
    from rebases
    group by gss_code, procedure, stage, measure, month_start
)

select
    charted.gss_code,
    charted.procedure,
    charted.stage,
    charted.measure,
    charted.month_start,
    charted.cases,
    charted.of_cases,
    rebased.rebased_because,
    charted.as_at,
from charted
left join rebased
    using (gss_code, procedure, stage, measure, month_start)
