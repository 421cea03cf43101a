-- One row: one indicator of $council in one year compared with one comparator group.
select *,
from marts.comparisons
where gss_code = $council
order by all
