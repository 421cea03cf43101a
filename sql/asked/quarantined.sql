-- One row: one figure that was set aside, with the reason.
select *,
from quality.quarantine
order by problem, source, source_row
