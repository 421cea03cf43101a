-- One row: the comparator group $comparators.
select
    title,
    basis,
from core.comparator_groups
where comparator_group = $comparators
