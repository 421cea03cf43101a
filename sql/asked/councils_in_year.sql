-- One row: one council with one of $indicators in the period at the same place of $period_starts and $period_ends: every
-- council that has a figure, and every comparator of $council without one, so that the absent are counted.
-- `comparator_groups` are the groups of $council that it is in. A place is that among the councils of its own type, because
-- nearest neighbours differ from council to council.
with chosen as (
    select
        unnest($indicators) as indicator,
        unnest($period_starts) as period_start,
        unnest($period_ends) as period_end,
),

grouped as (
    select
        comparator_gss_code as gss_code,
        list(comparator_group order by comparator_group) as comparator_groups,
    from core.comparators
    where gss_code = $council
    group by comparator_gss_code
)

select
    councils.nice_name,
    councils.lgsco_type,
    councils.gss_code = $council as is_subject,
    coalesce(grouped.comparator_groups, []) as comparator_groups,
    figures.*,
    rankings.rank_lower,
    rankings.rank_upper,
    rankings.probability_best,
    rankings.is_possible_best,
    rankings.probability_of_being_best,
from chosen
inner join marts.indicator_values as figures
    using (indicator, period_start, period_end)
inner join core.councils as councils
    using (gss_code)
left join marts.rankings as rankings
    on
        figures.indicator = rankings.indicator
        and figures.gss_code = rankings.gss_code
        and figures.period_start = rankings.period_start
        and figures.period_end = rankings.period_end
        and rankings.comparator_group = 'lgsco_type'
left join grouped
    using (gss_code)
where
    not figures.is_after_abolition
    and figures.missing_reason is distinct from 'not applicable'
    and (councils.valid_from is null or councils.valid_from <= chosen.period_start)
    and (councils.valid_to is null or councils.valid_to >= chosen.period_end)
    and (
        figures.value is not null
        or figures.printed_text is not null
        or figures.doubt is not null
        or councils.gss_code = $council
        or grouped.comparator_groups is not null
    )
order by figures.indicator, figures.value is null, figures.value, councils.nice_name
