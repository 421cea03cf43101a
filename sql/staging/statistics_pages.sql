-- One row: one figure on one council's statistics page for one period, as the Ombudsman printed it.
-- The Ombudsman's names of the figures become this project's measures here, so that every later relation speaks one
-- language.
with figures as (
    unpivot raw.statistics_pages
    on
    dealt_with,
    not_for_us,
    assessed_and_closed,
    investigated,
    upheld,
    uphold_rate_pct,
    uphold_rate_similar_avg_pct as uphold_rate_similar_pct,
    upheld_per_100k,
    upheld_per_100k_similar_avg as upheld_per_100k_similar,
    compliance_outcomes,
    compliance_rate_pct,
    compliance_similar_avg_pct as compliance_rate_similar_pct,
    satisfactory_remedies,
    satisfactory_remedy_upheld_base,
    satisfactory_remedy_rate_pct,
    satisfactory_remedy_similar_avg_pct as satisfactory_remedy_rate_similar_pct
    into name measure value as_printed
)

select
    source_row,
    slug as council_slug,
    council_name,
    try_cast(period_start as date) as period_start,
    try_cast(period_end as date) as period_end,
    measure,
    as_printed,
    try_cast(as_printed as double) as value,
    url as source_url,
from figures
