-- One row: what one other authority returned of one procedure and stage, beside $council's own on the same definition.
-- Choice: our own figure is our register's for the same days, limit and clock, or else our own return.
with own as (
    select
        *,
        -- where the clock or the limit changed within the period, no figure is on one definition
        count(*) filter (is_declared)
            over (partition by procedure, stage, period_kind, period_start, period_end) as declared,
    from marts.stage_timeliness
    where
        gss_code = $council
        and service = 'all'
        and counted_on = 'due'
        and source = 'case register'
)

select
    councils.nice_name,
    peers.procedure,
    peers.stage,
    peers.period_start,
    peers.period_end,
    peers.limit_working_days,
    peers.in_time_pct,
    peers.completed_in_time as in_time,
    peers.fell_due as judged,
    peers.comparability_grade,
    peers.comparability_reason,
    coalesce(own.in_time_pct, ours.in_time_pct) as own_in_time_pct,
    coalesce(own.in_time, ours.completed_in_time) as own_in_time,
    coalesce(own.in_time + own.late + own.overdue + own.withdrawn_late, ours.fell_due) as own_judged,
from marts.peer_timeliness as peers
-- a return that was kept earlier may stand under a former code
left join core.gss_codes as codes on peers.gss_code = codes.any_gss_code
inner join core.councils as councils on coalesce(codes.gss_code, peers.gss_code) = councils.gss_code
left join
    own
    on
        peers.procedure = own.procedure
        and peers.stage = own.stage
        and peers.period_start = own.period_start
        and peers.period_end = own.period_end
        and peers.limit_working_days = own.limit_working_days
        and own.declared = 1
        and own.clock_start = 'request'
        and own.clock_end
        = if(peers.procedure = 'children_statutory' and peers.stage = '2', 'adjudication', 'response')
        and own.allowance <> 'agreed'
left join marts.peer_timeliness as ours
    on
        ours.gss_code = $council
        and peers.procedure = ours.procedure
        and peers.stage = ours.stage
        and peers.period_start = ours.period_start
        and peers.period_end = ours.period_end
        and peers.limit_working_days = ours.limit_working_days
        and ours.comparability_grade = 'A'
where councils.gss_code <> $council
qualify
    row_number() over (
        partition by councils.gss_code, peers.procedure, peers.stage, peers.period_start, peers.period_end
        order by own.is_declared desc
    ) = 1
order by
    peers.procedure asc,
    peers.stage desc,
    peers.period_end desc,
    councils.nice_name asc
