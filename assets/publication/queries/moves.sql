-- One row: how the place of $council on one indicator moved from the year before within one comparator group, and why.
select
    moves.indicator,
    moves.gss_code,
    moves.period_start,
    moves.period_end,
    moves.comparator_group,
    moves.period_label,
    moves.period_label_before,
    moves.councils,
    moves.rank_before,
    moves.rank_after,
    moves.move,
    moves.move_by_ours,
    moves.move_by_peers,
    moves.move_by_restatement,
    moves.reason,
from marts.rank_moves as moves
where moves.gss_code = $council
order by all
