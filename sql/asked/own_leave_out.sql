-- One row: the latest whole twelve months of Stage 2 of one procedure of $council without its longest none to three cases.
select
    leave_out.gss_code,
    leave_out.procedure,
    leave_out.stage,
    leave_out.is_declared,
    leave_out.period_kind,
    leave_out.period_start,
    leave_out.period_end,
    leave_out.period_label,
    leave_out.clock_start,
    leave_out.clock_end,
    leave_out.allowance,
    leave_out.left_out,
    leave_out.case_stages,
    leave_out.in_time,
    leave_out.in_time_pct,
    leave_out.as_at,
from marts.leave_out as leave_out
where
    leave_out.gss_code = $council
    and leave_out.is_declared
    and leave_out.stage = '2'
    and leave_out.period_kind = 'rolling_12_months'
    and leave_out.period_end <= leave_out.as_at
qualify dense_rank() over (partition by leave_out.procedure order by leave_out.period_end desc) = 1
order by leave_out.procedure asc, leave_out.clock_start desc, leave_out.clock_end asc, leave_out.left_out asc
