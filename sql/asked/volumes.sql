-- One row: complaints of one procedure and stage that $council received in twelve months: the latest whole twelve months, and the
-- twelve that end a year before them.
with periods as (
    select
        volumes.*,
        max(volumes.period_end) over (partition by volumes.procedure, volumes.stage) as latest_end,
    from marts.stage_volumes as volumes
    where
        volumes.gss_code = $council
        and volumes.service = 'all'
        and volumes.kind = 'complaint'
        and volumes.stage in ('1', '2')
        and volumes.period_kind = 'rolling_12_months'
        and volumes.is_whole_period
        and volumes.received is not null
        and volumes.period_end <= volumes.as_at
)

select
    periods.gss_code,
    periods.procedure,
    periods.stage,
    periods.service,
    periods.kind,
    periods.period_kind,
    periods.period_start,
    periods.period_end,
    periods.period_label,
    periods.received,
    periods.closed,
    periods.open_at_end,
    periods.is_whole_period,
    periods.as_at,
    periods.source,
from periods
where
    periods.period_end = periods.latest_end
    or periods.period_end = last_day(periods.latest_end - interval 1 year)
order by periods.stage asc, periods.procedure asc, periods.period_end desc
