-- One row: one year of $council compared with the group $comparators, the newest first: the counts behind upheld complaints per resident.
select
    parts.gss_code,
    parts.period_start,
    parts.period_end,
    parts.comparator_group,
    parts.period_label,
    parts.residents,
    parts.dealt_with,
    parts.investigated,
    parts.upheld,
    parts.peers,
    parts.peers_residents,
    parts.peers_dealt_with,
    parts.peers_investigated,
    parts.peers_upheld,
from marts.upheld_parts as parts
where parts.gss_code = $council and parts.comparator_group = $comparators
order by parts.period_start desc
