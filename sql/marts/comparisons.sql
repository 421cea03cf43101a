-- One row: one indicator of one council in one financial year beside one comparator group, the council itself left out.
-- The pooled value adds up the comparators' cases before dividing, so a large council weighs more; the median weighs each
-- council alike. The competition rank is for inspection only: it says nothing of chance, and no report prints it.
-- A row stands where the council or any of its comparators has a figure. Figures of councils that had ended, or had not
-- begun when the year did, are in indicator_values but never here.
with living as (
    select
        figures.indicator,
        figures.gss_code,
        figures.period_start,
        figures.period_end,
        figures.period_label,
        figures.numerator,
        figures.denominator,
        figures.value,
        if(figures.doubt is null, coalesce(figures.value, figures.printed_value), null) as shown_value,
        figures.missing_reason,
        indicators.per,
        indicators.polarity,
    from marts.indicator_values as figures
    inner join core.indicators as indicators
        on figures.indicator = indicators.indicator
    left join core.councils as councils
        on figures.gss_code = councils.gss_code
    where
        figures.is_financial_year
        and not figures.is_after_abolition
        and (councils.valid_from is null or councils.valid_from <= figures.period_start)
        and figures.missing_reason is distinct from 'not applicable'
)

select
    ours.indicator,
    ours.gss_code,
    ours.period_start,
    ours.period_end,
    groups.comparator_group,
    ours.period_label,
    ours.value,
    count(*) as comparators,
    count(theirs.value) as comparators_with_data,
    cast(sum(theirs.numerator) filter (theirs.value is not null) as bigint) as pooled_numerator,
    cast(sum(theirs.denominator) filter (theirs.value is not null) as bigint) as pooled_denominator,
    any_value(ours.per)
    * sum(theirs.numerator) filter (theirs.value is not null)
    / nullif(sum(theirs.denominator) filter (theirs.value is not null), 0) as pooled_value,
    median(theirs.shown_value) as median_value,
    case
        when ours.value is null then null
        when ours.polarity = 'lower' then 1 + count(*) filter (theirs.value < ours.value)
        else 1 + count(*) filter (theirs.value > ours.value)
    end as competition_rank,
    if(ours.value is null, null, count(*) filter (theirs.value = ours.value)) as tied_with,
from living as ours
inner join core.comparators as groups
    on ours.gss_code = groups.gss_code
inner join living as theirs
    on
        groups.comparator_gss_code = theirs.gss_code
        and ours.indicator = theirs.indicator
        and ours.period_start = theirs.period_start
        and ours.period_end = theirs.period_end
group by
    ours.indicator,
    ours.gss_code,
    ours.period_start,
    ours.period_end,
    groups.comparator_group,
    ours.period_label,
    ours.value,
    ours.polarity
having ours.value is not null or count(theirs.value) > 0
