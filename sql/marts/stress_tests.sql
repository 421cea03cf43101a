-- One row: one indicator of one council in one financial year under all its comparator groups: whether what is said of it
-- depends on which.
-- Choice: better and worse, higher and lower are the directions, and all else is none. Groups overlap, so that agreement is
-- no replication.
with pointed as (
    select
        *,
        if(called in ('About the same', 'Cannot say', 'not told apart'), 'none', called) as points,
    from marts.verdicts
)

select
    indicator,
    gss_code,
    period_start,
    period_end,
    count(*) as comparator_groups,
    count(points) as groups_with_verdict,
    if(groups_with_verdict >= 2, count(distinct points) = 1, null) as is_same_in_all_groups,
from pointed
group by all
