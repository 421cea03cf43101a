-- One row: one change of method and one measure that it affects. A break parts the series; a flag only marks the year.
select
    cast(breaks.date as date) as first_day,
    affected.measure,
    breaks.kind,
    breaks.what_changed,
    breaks.source_url,
from raw.breaks as breaks
cross join unnest(string_split(breaks.measures, '|')) as affected (measure)
