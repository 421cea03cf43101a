-- One row: one year of $council compared with one comparator group: upheld complaints over each thing that they can be divided by.
select *,
from marts.denominator_ledger
where gss_code = $council
order by comparator_group asc, period_start desc
