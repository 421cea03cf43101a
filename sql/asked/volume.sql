-- One row: $council or one of its peers in the group $comparators, in the newest year of $council with upheld complaints per
-- resident: how many were upheld, and of how many residents. $council stands first.
with own as (
    select
        max(period_start) as period_start,
        max_by(period_end, period_start) as period_end,
    from marts.denominator_ledger
    where gss_code = $council and comparator_group = $comparators and residents is not null
)

select distinct
    ledger.gss_code,
    ledger.period_start,
    ledger.period_end,
    ledger.comparator_group,
    ledger.period_label,
    ledger.upheld,
    ledger.residents,
    ledger.gss_code = $council as is_ours,
from marts.denominator_ledger as ledger
inner join own
    using (period_start, period_end)
where
    ledger.comparator_group = $comparators
    and ledger.residents is not null
    and (
        ledger.gss_code = $council
        or ledger.gss_code in (
            select comparators.comparator_gss_code,
            from core.comparators as comparators
            where comparators.gss_code = $council and comparators.comparator_group = $comparators
        )
    )
order by
    is_ours desc,
    ledger.gss_code asc
