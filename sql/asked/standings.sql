-- One row: what may be said of $council compared with one comparator group on one indicator in one year: verdict, rank, benchmark.
select *,
from published.standings
where gss_code = $council
order by all
