-- One row: one mid-year estimate of one area in one release.
select
    gss_code,
    cast(year as integer) as year,
    cast(population as bigint) as population,
    vintage,
    preferred = '1' as is_preferred,
    first_release = '1' as is_first_release,
    source_id,
from raw.populations
