-- One row: one characteristic of one council in one year. Some are numbers and some are labels, so both columns stand.
select
    gss_code,
    measure as characteristic,
    cast(year as integer) as year,
    try_cast(value as double) as value,
    value as as_published,
    source_id,
from raw.characteristics
