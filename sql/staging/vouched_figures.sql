-- One row: one figure that somebody has looked up and vouches for, although it contradicts its own page or is far out.
select
    source_row,
    council as council_slug,
    try_cast(period_start as date) as period_start,
    try_cast(period_end as date) as period_end,
    measure,
    try_cast(value as double) as value,
    reason,
    author_role,
    source_url,
from raw.vouched_figures
