-- One row: one action of the improvement plan of $council, and whether what it should move has moved since.
select *,
from marts.plan_progress
where gss_code = $council
order by length(action_id), action_id
