-- One row: one indicator of $council in one year beside one comparator group.
select *,
from marts.comparisons
where gss_code = $council
order by all
