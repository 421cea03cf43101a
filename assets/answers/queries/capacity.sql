-- One row: the people of one role of $council as they are or with one more, and what the model expects; or why it cannot say.
select
    capacity.gss_code,
    capacity.role,
    capacity.change,
    capacity.people,
    capacity.limit_working_days,
    capacity.share_in_time_pct,
    capacity.lower_pct,
    capacity.upper_pct,
    capacity.cases_due,
    capacity.waiting_at_end,
    capacity.cost_gbp,
    capacity.reason,
    capacity.assumptions,
    capacity.as_at,
from marts.stage_capacity as capacity
where capacity.gss_code = $council and (capacity.change in (0, 1) or capacity.reason is not null)
order by capacity.role, capacity.change
