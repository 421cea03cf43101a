-- One row: one way of choosing whom a council is compared with.
select
    comparator_group,
    title,
    method,
    source_id,
    basis,
from raw.comparator_groups
