-- One row: one council of the comparator group of $council, or the council itself, for $indicator in the year from $period_start.
-- A council's rank and verdict are those among just these councils, so they are here only where its own group of that name is the
-- same set: that is so for a type or a region and not for neighbours, who have neighbours of their own.
with circles as (
    select
        gss_code,
        list_sort(list_append(list(comparator_gss_code), gss_code)) as circle,
    from core.comparators
    where comparator_group = $comparators
    group by gss_code
),

members as (
    select
        $council as gss_code,
        true as is_subject,
        true as is_same_circle,

    union all

    select
        comparators.comparator_gss_code as gss_code,
        false as is_subject,
        coalesce(circles.circle = own.circle, false) as is_same_circle,
    from core.comparators as comparators
    left join circles
        on comparators.comparator_gss_code = circles.gss_code
    left join circles as own
        on comparators.gss_code = own.gss_code
    where comparators.gss_code = $council and comparators.comparator_group = $comparators
)

select
    councils.nice_name as council,
    members.is_subject,
    members.is_same_circle,
    figures.*,
    verdicts.verdict,
    verdicts.called,
    comparisons.result,
    verdicts.reason as verdict_reason,
    rankings.rank_lower,
    rankings.rank_upper,
    rankings.band,
    rankings.rank_reason,
from members
inner join core.councils as councils
    using (gss_code)
inner join marts.indicator_values as figures
    on
        members.gss_code = figures.gss_code
        and figures.indicator = $indicator
        and figures.period_start = $period_start
        and figures.is_financial_year
        and not figures.is_after_abolition
        and figures.missing_reason is distinct from 'not applicable'
left join marts.verdicts as verdicts
    on
        figures.indicator = verdicts.indicator
        and figures.gss_code = verdicts.gss_code
        and figures.period_start = verdicts.period_start
        and verdicts.comparator_group = $comparators
        and members.is_same_circle
left join marts.comparisons as comparisons
    on
        figures.indicator = comparisons.indicator
        and figures.gss_code = comparisons.gss_code
        and figures.period_start = comparisons.period_start
        and comparisons.comparator_group = $comparators
        and members.is_same_circle
left join marts.rankings as rankings
    on
        figures.indicator = rankings.indicator
        and figures.gss_code = rankings.gss_code
        and figures.period_start = rankings.period_start
        and rankings.comparator_group = $comparators
        and members.is_same_circle
order by figures.value is null, figures.value, councils.nice_name
