-- One row: one council in one financial year compared with one comparator group: the counts behind its upheld complaints per resident,
-- and those of the peers with all four counts together.
with whole as (
    select
        gss_code,
        period_start,
        period_end,
        any_value(period_label) as period_label,
        any_value(residents) as residents,
        any_value(dealt_with) as dealt_with,
        any_value(investigated) as investigated,
        any_value(upheld) as upheld,
    from marts.denominator_ledger
    where residents is not null and dealt_with is not null and investigated is not null
    group by gss_code, period_start, period_end
)

select
    ours.gss_code,
    ours.period_start,
    ours.period_end,
    groups.comparator_group,
    any_value(ours.period_label) as period_label,
    any_value(ours.residents) as residents,
    any_value(ours.dealt_with) as dealt_with,
    any_value(ours.investigated) as investigated,
    any_value(ours.upheld) as upheld,
    count(*) as peers,
    cast(sum(theirs.residents) as bigint) as peers_residents,
    cast(sum(theirs.dealt_with) as bigint) as peers_dealt_with,
    cast(sum(theirs.investigated) as bigint) as peers_investigated,
    cast(sum(theirs.upheld) as bigint) as peers_upheld,
from whole as ours
inner join core.comparators as groups
    using (gss_code)
inner join whole as theirs
    on
        groups.comparator_gss_code = theirs.gss_code
        and ours.period_start = theirs.period_start
        and ours.period_end = theirs.period_end
group by ours.gss_code, ours.period_start, ours.period_end, groups.comparator_group
having count(*) >= 5
