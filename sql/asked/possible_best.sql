-- One row: one indicator in one year within $comparators of $council: how many of its councils, itself among them, could be
-- the best, and which, the likeliest first.
-- A council is judged within its own group of that name, so they are named only where that is the same set for all of them,
-- as it is for a type or a region; neighbours have neighbours of their own.
with circles as (
    select
        gss_code,
        list_sort(list_append(list(comparator_gss_code), gss_code)) as circle,
    from core.comparators
    where comparator_group = $comparators
    group by gss_code
),

members as (
    select members.gss_code,
    from circles as own
    inner join circles as members
        using (circle)
    where own.gss_code = $council
)

select
    rankings.indicator,
    rankings.period_start,
    rankings.period_end,
    any_value(own.peers_with_data) + 1 as judged,
    any_value(own.possible_best_councils) as possible,
    any_value(own.is_possible_best) as is_possible,
    list(
        councils.nice_name order by rankings.probability_of_being_best desc, councils.nice_name asc
    ) filter (rankings.is_possible_best) as possible_best,
from marts.rankings as rankings
inner join members
    using (gss_code)
inner join marts.rankings as own
    on
        own.gss_code = $council
        and own.comparator_group = $comparators
        and rankings.indicator = own.indicator
        and rankings.period_start = own.period_start
        and rankings.period_end = own.period_end
inner join core.councils as councils
    using (gss_code)
where rankings.comparator_group = $comparators and own.is_possible_best is not null
group by rankings.indicator, rankings.period_start, rankings.period_end
order by rankings.indicator, rankings.period_start
