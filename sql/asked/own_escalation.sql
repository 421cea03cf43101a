-- One row: Stage 1 complaints of one procedure of $council closed in one of its last four whole financial years.
select
    escalation.gss_code,
    escalation.procedure,
    escalation.service,
    escalation.period_kind,
    escalation.period_start,
    escalation.period_end,
    escalation.period_label,
    escalation.closed,
    escalation.escalated,
    escalation.escalated_pct,
    escalation.as_at,
from marts.escalation as escalation
where
    escalation.gss_code = $council
    and escalation.service = 'all'
    and escalation.period_kind = 'financial_year'
    and escalation.period_end <= escalation.as_at
qualify dense_rank() over (partition by escalation.procedure order by escalation.period_end desc) <= 4
order by escalation.procedure asc, escalation.period_end desc
