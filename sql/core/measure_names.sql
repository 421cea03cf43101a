-- One row: one name that a source uses and the measure that it means.
-- The statistics pages are transcribed in this project's own names already.
select
    source,
    name,
    scope,
    measure,
from raw.measure_names

union all by name

select
    'statistics_pages' as source,
    measure as name,
    'all' as scope,
    measure,
from core.measures
where family = 'ombudsman'
