-- One row: one indicator of $council within $comparators, and why its plain place moved from the year before, in the latest year
-- for which that is known.
select
    moves.indicator,
    moves.gss_code,
    moves.period_start,
    moves.period_end,
    moves.comparator_group,
    moves.period_label,
    moves.period_label_before,
    moves.rank_before,
    moves.rank_after,
    moves.move,
    moves.move_by_ours,
    moves.move_by_peers,
    moves.move_by_group,
    moves.move_by_restatement,
    moves.is_rank_shown,
    moves.reason,
from marts.rank_moves as moves
where
    moves.gss_code = $council
    and moves.comparator_group = $comparators
    and moves.move is not null
qualify row_number() over (partition by moves.indicator order by moves.period_end desc) = 1
order by moves.indicator
