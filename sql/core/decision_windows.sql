-- One row: one search for the decisions about one council between two days, and whether every decision was read.
-- Choice: a window is whole when as many decisions as the page states were read, each with its summary; one without
-- decisions only where we know of none, since a search by another name than the site's finds nothing either.
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
        names.gss_code,
        pages.window_start,
        pages.window_end,
        arg_max(pages.total, pages.captured_at) as total,
        count(distinct decisions.reference) filter (decisions.is_late is not null) as decisions_read,
    from pages
    inner join core.council_names as names
        on fold_name(pages.council_name) = names.folded_name and not names.is_short
    left join raw.captured_decisions as decisions
        using (address)
    group by names.gss_code, pages.window_start, pages.window_end
),

known as (
    select
        gss_code,
        decided_on,
    from core.decisions

    union all

    select
        names.gss_code,
        decisions.decision_date as decided_on,
    from staging.stage2_decisions as decisions
    inner join core.council_names as names
        on fold_name(decisions.council_slug) = names.folded_name and not names.is_short
)

select
    results.gss_code,
    results.window_start,
    results.window_end,
    results.total,
    results.decisions_read,
    results.decisions_read >= results.total
    and (results.total > 0 or count(known.decided_on) = 0) as is_whole,
from results
left join known
    on
        results.gss_code = known.gss_code
        and known.decided_on between results.window_start and results.window_end
group by results.gss_code, results.window_start, results.window_end, results.total, results.decisions_read
