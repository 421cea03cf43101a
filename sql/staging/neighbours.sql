-- One row: one neighbour of one council under one method.
-- Some methods publish a distance and one a word for closeness; ranks are what the groups use, so the distance is only shown.
select
    method,
    council_gss as gss_code,
    neighbour_gss as neighbour_gss_code,
    cast(england_rank as integer) as england_rank,
    try_cast(distance_or_closeness as double) as distance,
    distance_or_closeness as closeness_as_published,
    source_id,
from raw.neighbours
