-- One row: where the distance of $council from one comparator group is going on one indicator.
select *,
from marts.peer_trends
where gss_code = $council
order by all
