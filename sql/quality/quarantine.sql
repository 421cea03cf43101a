-- One row: one figure that was read from a source and set aside, or one thing in a capture that was not understood, with the
-- reason. The newest version of a page is what counts, but whatever any version said stays listed.
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

union all by name

select
    'captured_quarantine' as source,
    source_row,
    address as body_name,
    reason as name,
    text as as_printed,
    'not understood: ' || reason as problem,
    address as source_url,
from raw.captured_quarantine
