-- One row: one file of published figures and where it comes from.
select
    source,
    title,
    producer,
    landing_page,
    licence,
    attribution,
    gathered,
    sha256,
from core.sources
order by source
