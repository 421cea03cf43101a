-- One row: what one council received, closed and had open of one procedure, stage, service and kind in one period.
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
    group by gss_code, procedure, stage, service, kind, received_quarter, closed_quarter
),

moves as (
    select
        gss_code,
        procedure,
        stage,
        service,
        kind,
        received_quarter as quarter_start,
        case_stages as received,
        0 as closed,
    from stages
    union all
    select
        gss_code,
        procedure,
        stage,
        service,
        kind,
        closed_quarter as quarter_start,
        0 as received,
        case_stages as closed,
    from stages
    where closed_quarter is not null
),

groups as (
    select distinct
        gss_code,
        procedure,
        stage,
        service,
        kind,
    from stages
),

quarters as (
    select
        registers.gss_code,
        registers.as_at,
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
        groups.gss_code,
        groups.procedure,
        groups.stage,
        groups.service,
        groups.kind,
        quarters.quarter_start,
        any_value(quarters.as_at) as as_at,
        coalesce(sum(moves.received), 0) as received,
        coalesce(sum(moves.closed), 0) as closed,
    from groups
    inner join quarters on groups.gss_code = quarters.gss_code
    left join moves
        on
            groups.gss_code = moves.gss_code
            and groups.procedure = moves.procedure
            and groups.stage = moves.stage
            and groups.service = moves.service
            and groups.kind = moves.kind
            and quarters.quarter_start = moves.quarter_start
    group by all
),

with_open as (
    select
        *,
        sum(received - closed) over (
            partition by gss_code, procedure, stage, service, kind
            order by quarter_start
        ) as open_at_end,
    from by_quarter
),

by_period as (
    select
        with_open.gss_code,
        with_open.procedure,
        with_open.stage,
        if(grouping(with_open.service) = 1, 'all', with_open.service) as service,
        with_open.kind,
        periods.period_kind,
        periods.period_start,
        periods.period_end,
        periods.period_label,
        sum(with_open.received) as received,
        sum(with_open.closed) as closed,
        sum(with_open.open_at_end) filter (
            where with_open.quarter_start = date_trunc('quarter', least(periods.period_end, with_open.as_at))
        ) as open_at_end,
        count(distinct with_open.quarter_start) as quarters_held,
        any_value(with_open.as_at) as as_at,
    from with_open
    inner join core.case_periods as periods on with_open.quarter_start = periods.quarter_start
    group by grouping sets (
        (
            with_open.gss_code, with_open.procedure, with_open.stage, with_open.kind, periods.period_kind,
            periods.period_start, periods.period_end, periods.period_label, with_open.service
        ),
        (
            with_open.gss_code, with_open.procedure, with_open.stage, with_open.kind, periods.period_kind,
            periods.period_start, periods.period_end, periods.period_label
        )
    )
),

from_register as (
    select
        by_period.gss_code,
        by_period.procedure,
        by_period.stage,
        by_period.service,
        by_period.kind,
        by_period.period_kind,
        by_period.period_start,
        by_period.period_end,
        by_period.period_label,
        cast(by_period.received as bigint) as received,
        cast(by_period.closed as bigint) as closed,
        cast(by_period.open_at_end as bigint) as open_at_end,
        by_period.period_start >= registers.first_requested_date - interval 3 month
        and by_period.period_end <= by_period.as_at as is_whole_period,
        by_period.as_at,
        'case register' as source,
    from by_period
    inner join core.case_registers as registers on by_period.gss_code = registers.gss_code
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
            any_value(periods.period_label),
            strftime(figures.period_start, '%-d %B %Y') || ' to ' || strftime(figures.period_end, '%-d %B %Y')
        ) as period_label,
        cast(
            max(figures.value) filter (
                where figures.indicator <> 'closed' and figures.indicator <> 'open'
            ) as bigint
        )
            as received,
        cast(max(figures.value) filter (where figures.indicator = 'closed') as bigint) as closed,
        cast(max(figures.value) filter (where figures.indicator = 'open') as bigint) as open_at_end,
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
    where figures.indicator in ('received', 'closed', 'open', 'requests_for_service', 'compliments')
    group by
        figures.gss_code, figures.procedure, figures.stage, figures.service, kind,
        coalesce(periods.period_kind, 'other'), figures.period_start, figures.period_end
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
        arg_max_null(quarters.open_at_end, quarters.period_end) as open_at_end,
        true as is_whole_period,
        max(quarters.as_at) as as_at,
        string_agg(distinct quarters.source, '; ' order by quarters.source) as source,
    from from_figures as quarters
    inner join core.case_periods as years
        on quarters.period_start = years.quarter_start and years.period_kind = 'rolling_12_months'
    anti join from_register
        on
            quarters.gss_code = from_register.gss_code
            and quarters.procedure = from_register.procedure
            and quarters.stage = from_register.stage
    where quarters.period_kind = 'quarter' and quarters.received is not null
    group by all
    having count(*) = 4
)

select *, from from_register
union all by name
select *, from from_figures
union all by name
select *, from reported_years
