-- One row: requests of $council to one kind of partner in Stage 2 complaints of one procedure, the slowest first.
select
    partners.gss_code,
    partners.procedure,
    partners.stage,
    partners.partner,
    partners.requests,
    partners.answered,
    partners.late,
    partners.with_due_date,
    partners.median_working_days,
    partners.p90_working_days,
    partners.as_at,
from marts.partner_waits as partners
where partners.gss_code = $council and partners.stage = '2'
order by partners.procedure asc, partners.median_working_days desc nulls last, partners.partner asc
