-- One row: one change in the people of $council who deal with Stage 2, and what the model says it would do, or why not.
select
    capacity.gss_code,
    capacity.role,
    capacity.change,
    capacity.people,
    capacity.limit_working_days,
    capacity.share_in_time_pct,
    capacity.lower_pct,
    capacity.upper_pct,
    capacity.cost_gbp,
    capacity.reason,
    capacity.assumptions,
    capacity.as_at,
from marts.stage_capacity as capacity
where capacity.gss_code = $council
order by capacity.role, capacity.change
