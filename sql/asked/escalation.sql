-- One row: Stage 1 complaints of one procedure of $council closed in one of its last two whole financial years.
select escalation.*,
from marts.escalation as escalation
where
    escalation.gss_code = $council
    and escalation.service = 'all'
    and escalation.period_kind = 'financial_year'
    and escalation.period_end <= escalation.as_at
qualify dense_rank() over (partition by escalation.procedure order by escalation.period_end desc) <= 2
order by escalation.procedure asc, escalation.period_end desc
