-- One row: what one council received and closed of one procedure, stage, service and kind in one period.
-- Choice: a period without cases is a row of zeros where the register covers it: the register says there were none, it is
-- not that nobody knows.
with stages as materialized (
    select
        gss_code,
        procedure,
        stage,
        service,
        kind,
        cast(date_trunc('quarter', requested_date) as date) as received_quarter,
        cast(date_trunc('quarter', closed_date) as date) as closed_quarter,
        count(*) as case_stages,
    from core.case_stages
    group by all
),

moves as (
    select
        stages.gss_code,
        stages.procedure,
        stages.stage,
        services.service,
        stages.kind,
        unnest(
            [
                { 'quarter_start': stages.received_quarter, 'received': stages.case_stages, 'closed': 0 },
                { 'quarter_start': stages.closed_quarter, 'received': 0, 'closed': stages.case_stages }
            ],
            recursive := true
        ) as moved,
    from stages
    cross join unnest([stages.service, 'all']) as services (service)
),

groups as (
    select distinct
        gss_code,
        procedure,
        stage,
        service,
        kind,
    from moves
),

quarters as (
    select
        registers.gss_code,
        periods.quarter_start,
    from core.case_registers as registers
    inner join core.case_periods as periods
        on
            periods.period_kind = 'quarter'
            and registers.first_requested_date <= periods.period_end
            and registers.as_at >= periods.period_start
),

by_quarter as (
    select
        groups.*,
        quarters.quarter_start,
        coalesce(sum(moves.received), 0) as received,
        coalesce(sum(moves.closed), 0) as closed,
    from groups
    inner join quarters
        using (gss_code)
    left join moves
        using (gss_code, procedure, stage, service, kind, quarter_start)
    group by all
),

from_register as (
    select
        by_quarter.gss_code,
        by_quarter.procedure,
        by_quarter.stage,
        by_quarter.service,
        by_quarter.kind,
        periods.period_kind,
        periods.period_start,
        periods.period_end,
        periods.period_label,
        cast(sum(by_quarter.received) as bigint) as received,
        cast(sum(by_quarter.closed) as bigint) as closed,
        periods.period_start >= registers.first_requested_date - interval 3 month
        and periods.period_end <= registers.as_at as is_whole_period,
        registers.as_at,
        'case register' as source,
    from by_quarter
    inner join core.case_periods as periods
        using (quarter_start)
    inner join core.case_registers as registers
        using (gss_code)
    group by all
),

from_figures as (
    select
        figures.gss_code,
        figures.procedure,
        figures.stage,
        figures.service,
        case figures.indicator
            when 'requests_for_service' then 'request_for_service'
            when 'compliments' then 'compliment'
            else 'complaint'
        end as kind,
        coalesce(periods.period_kind, 'other') as period_kind,
        figures.period_start,
        figures.period_end,
        coalesce(
            periods.period_label,
            strftime(figures.period_start, '%-d %B %Y') || ' to ' || strftime(figures.period_end, '%-d %B %Y')
        ) as period_label,
        cast(max(figures.value) filter (figures.indicator <> 'closed') as bigint) as received,
        cast(max(figures.value) filter (where figures.indicator = 'closed') as bigint) as closed,
        true as is_whole_period,
        max(figures.as_at) as as_at,
        string_agg(distinct figures.source, '; ' order by figures.source) as source,
    from staging.register_quarterly_indicators as figures
    left join core.case_periods as periods
        on
            figures.period_start = periods.quarter_start
            and figures.period_start = periods.period_start
            and figures.period_end = periods.period_end
            and periods.period_kind <> 'rolling_12_months'
    where figures.indicator in ('received', 'closed', 'requests_for_service', 'compliments')
    group by all
),

-- four reported quarters in a row make a year of which the register itself says nothing
reported_years as (
    select
        quarters.gss_code,
        quarters.procedure,
        quarters.stage,
        quarters.service,
        quarters.kind,
        years.period_kind,
        years.period_start,
        years.period_end,
        years.period_label,
        cast(sum(quarters.received) as bigint) as received,
        cast(if(count(quarters.closed) = 4, sum(quarters.closed), null) as bigint) as closed,
        true as is_whole_period,
        max(quarters.as_at) as as_at,
        string_agg(distinct quarters.source, '; ' order by quarters.source) as source,
    from from_figures as quarters
    inner join core.case_periods as years
        on quarters.period_start = years.quarter_start and years.period_kind = 'rolling_12_months'
    anti join from_register
        using (gss_code, procedure, stage)
    where quarters.period_kind = 'quarter' and quarters.received is not null
    group by all
    having count(*) = 4
)

select *, from from_register
union all by name
select *, from from_figures
union all by name
select *, from reported_years
