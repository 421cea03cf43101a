-- One row: Stage 1 or 2 of one procedure of $council over twelve months on the declared clock, of the cases that fell due:
-- the latest whole twelve months, and the twelve that end a year before them.
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
)

select periods.* exclude (periods.latest_end),
from periods
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
