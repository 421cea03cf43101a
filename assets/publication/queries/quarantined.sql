-- One row: one figure that was set aside, with the reason.
select
    source,
    source_row,
    body_name,
    name,
    as_printed,
    problem,
from quality.quarantine
order by problem, source, source_row
