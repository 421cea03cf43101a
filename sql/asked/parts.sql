-- One row: one year of $council compared with the group $comparators, the newest first: the counts behind upheld complaints per resident.
select parts.*,
from marts.upheld_parts as parts
where parts.gss_code = $council and parts.comparator_group = $comparators
order by parts.period_start desc
