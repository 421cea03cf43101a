-- One row: one year of $council beside $comparators: upheld complaints over each thing that they can be divided by.
select
    ledger.*,
from marts.denominator_ledger as ledger
where ledger.gss_code = $council and ledger.comparator_group = $comparators
order by ledger.period_start desc
