-- One row: one figure of one authority in one version of one annual table in the archive of captures, as printed.
-- A table of decisions gives complaints upheld and not upheld; together they are the complaints investigated, which later
-- tables and the pages print. That sum is ours, and its note says so.
with cells as (
    select
        source_row,
        authority,
        is_council = 'true' as is_council,
        cast(period_start as date) as period_start,
        cast(period_end as date) as period_end,
        measure,
        as_printed,
        try_cast(value_text as double) as value,
        address as source_url,
        cast(replace(captured_at, '+00:00', '') as timestamp) as captured_at,
        capture_sha256,
        locator,
        cast(null as varchar) as note,
    from raw.captured_tables
),

investigated as (
    select
        min(source_row) as source_row,
        authority,
        is_council,
        period_start,
        period_end,
        'investigated' as measure,
        cast(cast(sum(value) as bigint) as varchar) as as_printed,
        sum(value) as value,
        source_url,
        captured_at,
        capture_sha256,
        'upheld and not upheld of the same row' as locator,
        'worked out by us: upheld and not upheld added up' as note,
    from cells
    where measure in ('upheld', 'decided_not_upheld')
    group by authority, is_council, period_start, period_end, source_url, captured_at, capture_sha256
    having count(distinct measure) = 2
)

select *,
from cells

union all by name

select investigated.*,
from investigated
anti join cells
    on
        investigated.authority = cells.authority
        and investigated.capture_sha256 = cells.capture_sha256
        and investigated.source_url = cells.source_url
        and cells.measure = 'investigated'
