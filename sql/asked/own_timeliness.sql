-- One row: Stage 2 (or the single stage) of one procedure of $council over twelve months, counted in one way on the declared
-- clock. Twelve months roll by quarter, because a quarter holds too few cases; only whole ones stand here. What the council
-- reported itself stands only where no register says it, and a year that it reported before one of its quarters.
select
    timeliness.gss_code,
    timeliness.procedure,
    timeliness.stage,
    timeliness.period_start,
    timeliness.period_end,
    timeliness.period_label,
    timeliness.counted_on,
    timeliness.clock_start,
    timeliness.clock_end,
    timeliness.allowance,
    timeliness.limit_working_days,
    timeliness.in_time,
    timeliness.case_stages as judged,
    timeliness.in_time_pct,
    timeliness.in_time_pct_as_printed,
    timeliness.median_working_days,
    timeliness.has_small_base,
    timeliness.reason,
    timeliness.as_at,
    timeliness.source,
    exists (
        select declarations.gss_code,
        from raw.clock_readings as declarations
        where
            declarations.gss_code = $council
            and declarations.procedure = timeliness.procedure
            and declarations.stage = timeliness.stage
    ) as has_declared_clock,
from marts.stage_timeliness as timeliness
where
    timeliness.gss_code = $council
    and timeliness.service = 'all'
    and timeliness.is_declared
    and timeliness.stage = '2'
    and timeliness.counted_on in ('due', 'closed')
    and timeliness.period_kind in ('rolling_12_months', 'financial_year')
    and (timeliness.period_kind = 'rolling_12_months' or timeliness.source <> 'case register')
    and timeliness.period_end <= timeliness.as_at
qualify
    dense_rank() over (
        partition by timeliness.procedure
        order by timeliness.period_end desc
    ) <= 8
    and (
        timeliness.source = 'case register'
        or not bool_or(timeliness.source = 'case register')
            over (partition by timeliness.procedure, timeliness.period_end)
    )
order by
    timeliness.procedure asc,
    timeliness.period_end desc,
    timeliness.counted_on desc,
    timeliness.limit_working_days asc,
    timeliness.period_kind asc,
    timeliness.clock_start asc,
    timeliness.clock_end asc,
    timeliness.allowance asc,
    timeliness.source asc
