-- One row: where $indicator of $council is going over its latest comparable years, compared with $comparators.
select *,
from published.trends
where indicator = $indicator and gss_code = $council and comparator_group = $comparators
