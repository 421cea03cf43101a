-- One row: one authority's Stage 2 timeliness of one procedure in one period, $council left out.
select
    elsewhere.origin,
    elsewhere.body_name,
    elsewhere.procedure,
    elsewhere.period_start,
    elsewhere.period_end,
    elsewhere.gss_code,
    elsewhere.source_row,
    elsewhere.limit_days,
    elsewhere.in_time,
    elsewhere.case_stages,
    elsewhere.in_time_pct,
    elsewhere.in_time_as_printed,
    elsewhere.definition,
    elsewhere.comparability_grade,
    elsewhere.comparability_reason,
    elsewhere.source_url,
from marts.stage2_elsewhere as elsewhere
where elsewhere.gss_code is distinct from $council
order by
    elsewhere.procedure asc,
    elsewhere.comparability_grade asc,
    elsewhere.period_end desc,
    elsewhere.body_name asc
