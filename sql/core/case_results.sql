-- One row: one stage of one complaint on one of its clocks, and how it stands against the limit.
-- Choice: both readings of the Stage 2 start and end are computed where the dates allow, because practice and Ombudsman
-- decisions use both; the council's declared one is marked. Allowances: `limit` as it first stands, `maximum` as far as the
-- rules let it be extended, `agreed` with the extension agreed in this case and pauses taken off.
-- A clock is its number in core.clocks here: to write its words two million times takes longer than all else.
with limits as (
    select
        gss_code,
        procedure,
        stage,
        coalesce(cast(from_date as date), date '1900-01-01') as from_date,
        coalesce(cast(to_date as date), date '9999-12-31') as to_date,
        cast(limit_working_days as integer) as limit_working_days,
        cast(maximum_working_days as integer) as maximum_working_days,
        cast(limit_months as integer) as limit_months,
        cast(acknowledge_working_days as integer) as acknowledge_working_days,
        starts,
        headline,
    from raw.clock_limits
),

readings as (
    select
        council.gss_code,
        readings.procedure,
        readings.stage,
        readings.clock_start,
        readings.clock_end,
        coalesce(
            readings.clock_start = declared.clock_start and readings.clock_end = declared.clock_end,
            readings.is_declared = 'yes'
        ) as is_declared_reading,
    from core.case_registers as council
    cross join raw.clock_readings as readings
    left join raw.clock_readings as declared
        on
            council.gss_code = declared.gss_code
            and readings.procedure = declared.procedure
            and readings.stage = declared.stage
    where readings.gss_code is null
),

-- a stage finds its clocks by its words once; after that they are numbers
clocks as (
    select
        gss_code,
        procedure,
        stage,
        service,
        clock_start,
        clock_end,
        max(clock_number) filter (where allowance = 'limit') as limit_clock_number,
        max(clock_number) filter (where allowance = 'maximum') as maximum_clock_number,
        max(clock_number) filter (where allowance = 'agreed') as agreed_clock_number,
    from core.clocks
    group by gss_code, procedure, stage, service, clock_start, clock_end
),

limited as (
    select
        stages.*,
        coalesce(own.limit_working_days, general.limit_working_days) as limit_working_days,
        case when own.procedure is null then general.maximum_working_days else own.maximum_working_days end
            as maximum_working_days,
        coalesce(own.limit_months, general.limit_months) as limit_months,
        coalesce(own.starts, general.starts) as starts,
        case when coalesce(own.starts, general.starts) = 'acknowledgement' then stages.requested_date end
            as to_be_acknowledged_from,
        coalesce(own.acknowledge_working_days, general.acknowledge_working_days) as acknowledge_working_days,
        coalesce(own.headline, general.headline, 'limit') as headline,
    from core.case_stages as stages
    left join limits as own
        on
            stages.gss_code = own.gss_code
            and stages.procedure = own.procedure
            and stages.stage = own.stage
            and stages.requested_date between own.from_date and own.to_date
    left join limits as general
        on
            general.gss_code is null
            and stages.procedure = general.procedure
            and stages.stage = general.stage
            and stages.requested_date between general.from_date and general.to_date
    where stages.is_complaint
),

-- the Code counts from the acknowledgement; where none was recorded, from the last day it was due or an earlier response
acknowledged as (
    select
        limited.*,
        least(
            coalesce(limited.acknowledged_date, last_day.date),
            limited.response_sent_date,
            limited.closed_date
        ) as counted_acknowledged_date,
    from limited
    left join core.working_days as requested on limited.to_be_acknowledged_from = requested.date
    left join core.working_days as last_day
        on
            requested.working_day_number + limited.acknowledge_working_days = last_day.working_day_number
            and last_day.is_working_day
),

read_clocks as (
    select
        clocks.limit_clock_number,
        clocks.maximum_clock_number,
        clocks.agreed_clock_number,
        acknowledged.case_reference,
        acknowledged.as_at,
        acknowledged.is_withdrawn,
        acknowledged.is_open,
        acknowledged.headline,
        acknowledged.limit_working_days,
        acknowledged.maximum_working_days,
        acknowledged.limit_months,
        coalesce(acknowledged.extension_working_days, 0) as extension_working_days,
        coalesce(acknowledged.paused_working_days, 0) as paused_working_days,
        readings.is_declared_reading,
        case coalesce(acknowledged.starts, readings.clock_start)
            when 'request' then acknowledged.requested_date
            when 'agreed_statement' then acknowledged.statement_agreed_date
            when 'acknowledgement' then acknowledged.counted_acknowledged_date
        end as start_date,
        case
            when acknowledged.is_withdrawn then null
            when readings.clock_end = 'report' then acknowledged.report_received_date
            when readings.clock_end = 'adjudication'
                then coalesce(
                    acknowledged.adjudication_date, acknowledged.response_sent_date, acknowledged.closed_date
                )
            else coalesce(acknowledged.response_sent_date, acknowledged.closed_date)
        end as completed_date,
        case when acknowledged.is_withdrawn then acknowledged.closed_date end as withdrawn_date,
    from acknowledged
    inner join readings
        using (gss_code, procedure, stage)
    inner join clocks
        on
            acknowledged.gss_code = clocks.gss_code
            and acknowledged.procedure = clocks.procedure
            and acknowledged.stage = clocks.stage
            and acknowledged.service = clocks.service
            and coalesce(acknowledged.starts, readings.clock_start) = clocks.clock_start
            and readings.clock_end = clocks.clock_end
),

numbered as (
    select
        read_clocks.*,
        started.working_day_number as start_number,
        in_months.working_day_number as months_number,
        cast(read_clocks.start_date + to_months(read_clocks.limit_months) as date) as months_date,
        ended.working_day_number as end_number,
    from read_clocks
    left join core.working_days as started on read_clocks.start_date = started.date
    left join core.working_days as in_months
        on cast(read_clocks.start_date + to_months(read_clocks.limit_months) as date) = in_months.date
    left join core.working_days as ended
        on case
            when read_clocks.start_date is not null
                then coalesce(
                    read_clocks.completed_date,
                    read_clocks.withdrawn_date,
                    case when read_clocks.is_open then read_clocks.as_at end
                )
        end = ended.date
),

allowances as (
    select
        numbered.*,
        numbered.limit_clock_number as clock_number,
        'limit' as allowance,
        coalesce(numbered.start_number + numbered.limit_working_days, numbered.months_number) as due_number,
        numbered.months_date is not null as is_due_in_months,
    from numbered
    union all
    select
        numbered.*,
        numbered.maximum_clock_number as clock_number,
        'maximum' as allowance,
        numbered.start_number + numbered.maximum_working_days as due_number,
        false as is_due_in_months,
    from numbered
    where numbered.maximum_working_days is not null
    union all
    select
        numbered.*,
        numbered.agreed_clock_number as clock_number,
        'agreed' as allowance,
        least(
            coalesce(numbered.start_number + numbered.limit_working_days, numbered.months_number)
            + numbered.extension_working_days,
            coalesce(numbered.start_number + numbered.maximum_working_days, 1000000)
        ) + numbered.paused_working_days as due_number,
        numbered.months_date is not null
        and numbered.extension_working_days + numbered.paused_working_days = 0 as is_due_in_months,
    from numbered
    where coalesce(numbered.limit_working_days, numbered.limit_months) is not null
),

dated as (
    select
        allowances.*,
        case when allowances.is_due_in_months then allowances.months_date else due.date end as due_date,
        case allowances.allowance
            when 'limit' then allowances.limit_working_days
            when 'maximum' then allowances.maximum_working_days
        end as allowed_working_days,
    from allowances
    left join core.working_days as due
        on
            allowances.due_number = due.working_day_number
            and due.is_working_day
),

judged as (
    select
        *,
        coalesce(completed_date < start_date or withdrawn_date < start_date, false)
            as is_backwards,
        completed_date is null and withdrawn_date is null and not is_open as is_without_end,
    from dated
)

select
    clock_number,
    case_reference,
    is_declared_reading and allowance = headline as is_declared,
    allowed_working_days,
    start_date,
    due_date,
    completed_date,
    withdrawn_date,
    case
        when not is_backwards
            then cast(greatest(end_number - start_number, 0) as integer)
    end as elapsed_working_days,
    case
        when start_date is null and is_open then 'not_started'
        when start_date is null or is_backwards or is_without_end then 'not_recorded'
        when completed_date is not null and due_date is null then 'completed'
        when completed_date is not null
            then if(completed_date <= due_date, 'in_time', 'late')
        when withdrawn_date > due_date then 'withdrawn_late'
        when withdrawn_date is not null then 'withdrawn'
        when due_date is null then 'open'
        else if(due_date < as_at, 'overdue', 'not_yet_due')
    end as result,
    case
        when start_date is null then 'start not recorded'
        when is_backwards then 'ended before it started'
        when is_without_end then 'end not recorded'
        when due_date is null and due_number is not null
            then 'limit falls after the published bank holidays'
        when due_date is null then 'no limit set'
    end as reason,
from judged
