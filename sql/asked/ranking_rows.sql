-- One row: one council of the comparator group of $council, or the council itself, for $indicator in the year from $period_start.
-- A council's rank and verdict are those among just these councils, so they are here only where its own group of that name is the
-- same set: that is so for a type or a region and not for neighbours, who have neighbours of their own.
with members as (
    select
        $council as gss_code,
        true as is_subject,

    union all

    select
        comparator_gss_code as gss_code,
        false as is_subject,
    from core.comparators
    where gss_code = $council and comparator_group = $comparators
),

circles as (
    select
        comparator_group,
        gss_code,
        list_sort(list_append(list(comparator_gss_code), gss_code)) as circle,
    from core.comparators
    where comparator_group = $comparators
    group by comparator_group, gss_code
)

select
    councils.nice_name as council,
    members.is_subject,
    members.gss_code,
    figures.period_label,
    figures.numerator,
    figures.numerator_basis,
    figures.denominator,
    figures.value,
    figures.lower_95,
    figures.upper_95,
    figures.unit,
    figures.printed_text,
    figures.is_small_base,
    figures.missing_reason,
    figures.doubt,
    members.is_subject or coalesce(circles.circle = own.circle, false) as is_same_circle,
    if(members.is_subject or circles.circle = own.circle, verdicts.verdict, null) as verdict,
    if(members.is_subject or circles.circle = own.circle, verdicts.called, null) as called,
    if(members.is_subject or circles.circle = own.circle, comparisons.result, null) as result,
    if(members.is_subject or circles.circle = own.circle, verdicts.reason, null) as verdict_reason,
    if(members.is_subject or circles.circle = own.circle, rankings.rank_lower, null) as rank_lower,
    if(members.is_subject or circles.circle = own.circle, rankings.rank_upper, null) as rank_upper,
    if(members.is_subject or circles.circle = own.circle, rankings.band, null) as band,
    if(members.is_subject or circles.circle = own.circle, rankings.rank_reason, null) as rank_reason,
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
left join circles
    using (gss_code)
left join circles as own
    on own.gss_code = $council
left join marts.verdicts as verdicts
    on
        figures.indicator = verdicts.indicator
        and figures.gss_code = verdicts.gss_code
        and figures.period_start = verdicts.period_start
        and verdicts.comparator_group = $comparators
left join marts.comparisons as comparisons
    on
        figures.indicator = comparisons.indicator
        and figures.gss_code = comparisons.gss_code
        and figures.period_start = comparisons.period_start
        and comparisons.comparator_group = $comparators
left join marts.rankings as rankings
    on
        figures.indicator = rankings.indicator
        and figures.gss_code = rankings.gss_code
        and figures.period_start = rankings.period_start
        and rankings.comparator_group = $comparators
order by figures.value is null, figures.value, councils.nice_name
