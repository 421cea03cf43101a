-- One row: Stage 1 or 2 of one procedure of $council over twelve months on the declared clock, of the cases that fell due:
-- the latest whole twelve months, and the twelve that end a year before them. With how many were completed in them without a
-- limit, because it was set later: of those none fell due.
with periods as (
    select
        timeliness.*,
        timeliness.case_stages as judged,
        max(timeliness.period_end) over (partition by timeliness.procedure, timeliness.stage) as latest_end,
    from marts.stage_timeliness as timeliness
    where
        timeliness.gss_code = $council
        and timeliness.service = 'all'
        and timeliness.is_declared
        and timeliness.stage in ('1', '2')
        and timeliness.counted_on = 'due'
        and timeliness.period_kind = 'rolling_12_months'
        and timeliness.limit_working_days is not null
        and timeliness.period_end <= timeliness.as_at
),

closed as (
    select
        procedure,
        stage,
        period_start,
        period_end,
        clock_start,
        clock_end,
        allowance,
        source,
        cast(sum(without_limit) as bigint) as without_limit,
    from marts.stage_timeliness
    where
        gss_code = $council
        and service = 'all'
        and is_declared
        and counted_on = 'closed'
        and period_kind = 'rolling_12_months'
    group by all
)

select
    periods.* exclude (periods.latest_end, periods.without_limit),
    closed.without_limit as closed_without_limit,
from periods
left join closed
    using (procedure, stage, period_start, period_end, clock_start, clock_end, allowance, source)
where
    periods.period_end = periods.latest_end
    or periods.period_end = last_day(periods.latest_end - interval 1 year)
order by
    periods.stage desc,
    periods.procedure asc,
    periods.period_end desc,
    periods.limit_working_days asc,
    periods.clock_start asc,
    periods.clock_end asc,
    periods.allowance asc,
    periods.source asc
