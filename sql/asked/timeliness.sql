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

select
    periods.gss_code,
    periods.procedure,
    periods.stage,
    periods.service,
    periods.period_kind,
    periods.period_start,
    periods.period_end,
    periods.period_label,
    periods.counted_on,
    periods.clock_start,
    periods.clock_end,
    periods.allowance,
    periods.is_declared,
    periods.limit_working_days,
    periods.case_stages,
    periods.in_time,
    periods.late,
    periods.overdue,
    periods.not_yet_due,
    periods.withdrawn,
    periods.withdrawn_late,
    periods.not_recorded,
    periods.in_time_pct,
    periods.in_time_pct_as_printed,
    periods.median_working_days,
    periods.p90_working_days,
    periods.has_small_base,
    periods.reason,
    periods.is_whole_period,
    periods.as_at,
    periods.source,
    periods.judged,
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
