-- One row: one stage of one procedure of $council in one of its last eight whole quarters, of the cases whose limit fell due, on
-- the declared clock. Limits that changed within a quarter are taken together, because each case is judged by its own.
-- What the council reported itself stands only where no register says it.
with known as (
    select
        stages.*,
        stages.case_stages as judged,
        bool_or(stages.source = 'case register')
            over (partition by stages.procedure, stages.stage)
            as has_register,
    from marts.stage_timeliness as stages
    where stages.gss_code = $council
)

select
    timeliness.procedure,
    timeliness.stage,
    timeliness.period_start,
    timeliness.period_end,
    timeliness.period_label,
    sum(timeliness.in_time) as in_time,
    sum(timeliness.judged) as judged,
    if(
        sum(timeliness.judged) >= 5, 100 * sum(timeliness.in_time) / sum(timeliness.judged), null
    ) as in_time_pct,
    max(timeliness.as_at) as as_at,
from known as timeliness
where
    (timeliness.source = 'case register' or not timeliness.has_register)
    and timeliness.service = 'all'
    and timeliness.is_declared
    and timeliness.counted_on = 'due'
    and timeliness.period_kind = 'quarter'
    and timeliness.period_end <= timeliness.as_at
group by
    timeliness.procedure,
    timeliness.stage,
    timeliness.period_start,
    timeliness.period_end,
    timeliness.period_label
qualify
    dense_rank() over (
        partition by timeliness.procedure, timeliness.stage
        order by timeliness.period_end desc
    ) <= 8
order by
    timeliness.procedure asc,
    timeliness.stage asc,
    timeliness.period_end desc
