-- One row: one stage of one procedure of $council in one of its last eight whole quarters, of the cases whose limit fell due, on
-- the declared clock. Limits that changed within a quarter are taken together, because each case is judged by its own.
select
    timeliness.procedure,
    timeliness.stage,
    timeliness.period_start,
    timeliness.period_end,
    timeliness.period_label,
    sum(timeliness.in_time) as in_time,
    sum(timeliness.in_time + timeliness.late + timeliness.overdue) as judged,
    if(
        sum(timeliness.in_time + timeliness.late + timeliness.overdue) >= 5,
        100 * sum(timeliness.in_time) / sum(timeliness.in_time + timeliness.late + timeliness.overdue),
        null
    ) as in_time_pct,
    max(timeliness.as_at) as as_at,
from marts.stage_timeliness as timeliness
where
    timeliness.gss_code = $council
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
