-- One row: one indicator in one year within $comparators of $council, and which of its councils, itself among them, could be the best.
with members as (
    select comparators.comparator_gss_code as gss_code,
    from core.comparators as comparators
    where comparators.gss_code = $council and comparators.comparator_group = $comparators

    union distinct

    select $council as gss_code,
)

select
    rankings.indicator,
    rankings.period_start,
    rankings.period_end,
    count(*) filter (rankings.is_possible_best is not null) as judged,
    list(councils.nice_name order by councils.nice_name) filter (rankings.is_possible_best) as possible_best,
from marts.rankings as rankings
inner join members
    on rankings.gss_code = members.gss_code
inner join core.councils as councils
    on rankings.gss_code = councils.gss_code
where rankings.comparator_group = $comparators
group by rankings.indicator, rankings.period_start, rankings.period_end
order by rankings.indicator, rankings.period_start
