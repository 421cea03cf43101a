-- One row: what may be said of $council on one indicator in one year beside one comparator group: verdict, rank, benchmark.
select *,
from published.standings
where gss_code = $council
order by all
