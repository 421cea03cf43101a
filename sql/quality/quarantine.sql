-- One row: one figure that was read from a source and set aside, with the reason.
select
    source,
    source_row,
    body_name,
    name,
    as_printed,
    problem,
    source_url,
    note,
from core.readings
where problem is not null
