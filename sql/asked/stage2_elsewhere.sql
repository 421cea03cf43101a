-- One row: one authority's Stage 2 timeliness of one procedure in one period, $council left out.
select *,
from marts.stage2_elsewhere
where gss_code is distinct from $council
order by
    procedure asc,
    comparability_grade asc,
    period_end desc,
    body_name asc
