-- One row: how the place of $council on one indicator moved from the year before within one comparator group, and why.
select *,
from marts.rank_moves
where gss_code = $council
order by all
