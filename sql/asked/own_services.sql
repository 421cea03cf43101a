-- One row: one service of $council in its latest whole financial year.
select
    services.gss_code,
    services.service,
    services.period_kind,
    services.period_start,
    services.period_end,
    services.period_label,
    services.complaints,
    services.requests_for_service,
    services.requests_for_service_pct,
    services.stage_2_complaints,
    services.compliments,
    services.upheld,
    services.not_upheld,
    services.as_at,
from marts.services as services
where
    services.gss_code = $council
    and services.period_kind = 'financial_year'
    and services.period_end <= services.as_at
qualify dense_rank() over (order by services.period_end desc) = 1
order by services.service = 'all', services.complaints desc, services.service asc
