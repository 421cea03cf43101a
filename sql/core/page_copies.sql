-- One row: one copy of one council's statistics page for one period, whatever it shows.
select
    councils.gss_code,
    copies.period_start,
    copies.period_end,
    bool_and(copies.is_truncated) as is_truncated,
    min(copies.source_url) as source_url,
from staging.statistics_copies as copies
inner join core.council_names as councils
    on fold_name(copies.council_slug) = councils.folded_name and not councils.is_short
where copies.period_start is not null and copies.period_end is not null
group by councils.gss_code, copies.period_start, copies.period_end
