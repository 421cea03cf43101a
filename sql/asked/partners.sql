-- One row: requests of $council to one kind of partner in Stage 2 complaints of one procedure, the slowest first.
select partners.*,
from marts.partner_waits as partners
where partners.gss_code = $council and partners.stage = '2'
order by partners.procedure asc, partners.median_working_days desc nulls last, partners.partner asc
