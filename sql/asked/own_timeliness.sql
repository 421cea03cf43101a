-- One row: Stage 2 (or the single stage) of one procedure of $council over twelve months, counted in one way on the declared
-- clock: the latest whole twelve months of the register, and those that end a year, two years and so on before them. Twelve
-- months that overlap would tell the quarter in which they differ. What the council reported itself stands only where no
-- register says it.
with years as (
    select *,
    from marts.stage_timeliness
    where
        gss_code = $council
        and service = 'all'
        and is_declared
        and stage = '2'
        and counted_on in ('due', 'closed')
        and period_kind in ('rolling_12_months', 'financial_year')
        and (period_kind = 'rolling_12_months' or source <> 'case register')
        and period_end <= as_at
    window
        of_register as (partition by procedure, source = 'case register'),
        year_of_procedure as (partition by procedure, period_end)
    qualify
        if(
            source = 'case register',
            month(period_end) = month(max(period_end) over of_register),
            not bool_or(source = 'case register') over year_of_procedure
        )
)

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
from years as timeliness
qualify dense_rank() over (partition by timeliness.procedure order by timeliness.period_end desc) <= 8
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
