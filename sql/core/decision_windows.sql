-- One row: one search for the decisions about one council between two days, and whether every decision was read.
-- Choice: a window is whole when as many decisions as the page states were read, each with its summary. A search that finds
-- nothing cannot be told from a failure of the site, so no window is whole without a decision.
with pages as (
    select
        council_name,
        cast(window_start as date) as window_start,
        cast(window_end as date) as window_end,
        address,
        cast(total as bigint) as total,
        captured_at,
    from raw.captured_searches
    where council_name is not null and window_start is not null and window_end is not null
    qualify row_number() over (partition by address order by captured_at desc, source_row asc) = 1
),

results as (
    select
        pages.council_name,
        pages.window_start,
        pages.window_end,
        arg_max(pages.total, pages.captured_at) as total,
        count(distinct decisions.reference) filter (decisions.is_late is not null) as decisions_read,
    from pages
    left join raw.captured_decisions as decisions
        on pages.address = decisions.address
    group by pages.council_name, pages.window_start, pages.window_end
)

select
    names.gss_code,
    results.window_start,
    results.window_end,
    results.total,
    results.decisions_read,
    results.decisions_read >= results.total as is_whole,
from results
inner join core.council_names as names
    on fold_name(results.council_name) = names.folded_name and not names.is_short
