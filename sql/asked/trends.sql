-- One row: where one indicator of $council is going over its latest comparable years, and compared with one comparator group.
select *,
from published.trends
where gss_code = $council
order by all
