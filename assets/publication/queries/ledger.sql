-- One row: one year of $council beside one comparator group: upheld complaints over each thing that they can be divided by.
select
    ledger.gss_code,
    ledger.period_start,
    ledger.period_end,
    ledger.comparator_group,
    ledger.period_label,
    ledger.upheld,
    ledger.investigated,
    ledger.upheld_of_investigated_pct,
    ledger.peers_upheld_of_investigated_pct,
    ledger.by_investigated,
    ledger.dealt_with,
    ledger.upheld_of_dealt_with_pct,
    ledger.peers_upheld_of_dealt_with_pct,
    ledger.by_dealt_with,
    ledger.residents,
    ledger.upheld_per_100k,
    ledger.peers_upheld_per_100k,
    ledger.by_residents,
    ledger.has_flip,
from marts.denominator_ledger as ledger
where ledger.gss_code = $council
order by ledger.comparator_group asc, ledger.period_start desc
