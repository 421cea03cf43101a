-- One row: one copy of a statistics page, whatever it shows: it tells "the page does not say" from "our copy ends early".
select
    source_row,
    slug as council_slug,
    try_cast(period_start as date) as period_start,
    try_cast(period_end as date) as period_end,
    truncated = '1' as is_truncated,
    url as source_url,
from raw.statistics_pages
