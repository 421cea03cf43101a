-- One row: one file of published figures and where it comes from.
select *,
from core.sources
order by source
