-- One row: one figure of one version of one council's statistics page in the archive of captures, as printed.
select
    source_row,
    council_slug,
    council_name,
    cast(period_start as date) as period_start,
    cast(period_end as date) as period_end,
    generation,
    measure,
    as_printed,
    try_cast(value_text as double) as value,
    address as source_url,
    cast(replace(captured_at, '+00:00', '') as timestamp) as captured_at,
    capture_sha256,
    locator,
from raw.captured_pages
