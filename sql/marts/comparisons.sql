-- One row: one indicator of one council in one financial year compared with one comparator group, the council itself left out.
-- The pooled value adds up the comparators' cases before dividing, so a large council weighs more; the median weighs each
-- council alike.
-- The result is what a reader is told first: that of marts.verdicts, but for a sample of the type that is not fair. A group
-- other than the type has no printed average, so whether it is a fair sample cannot be tested.
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
        councils.lgsco_type,
    from marts.indicator_values as figures
    inner join core.indicators as indicators
        using (indicator)
    left join core.councils as councils
        using (gss_code)
    where
        figures.is_financial_year
        and not figures.is_after_abolition
        and (councils.valid_from is null or councils.valid_from <= figures.period_start)
        and figures.missing_reason is distinct from 'not applicable'
),

-- where the council or any of its comparators has a figure
shown as (
    select
        ours.indicator,
        ours.gss_code,
        ours.period_start,
        ours.period_end,
        groups.comparator_group,
    from living as ours
    inner join core.comparators as groups
        using (gss_code)
    where ours.value is not null

    union

    select
        theirs.indicator,
        groups.gss_code,
        theirs.period_start,
        theirs.period_end,
        groups.comparator_group,
    from living as theirs
    inner join core.comparators as groups
        on theirs.gss_code = groups.comparator_gss_code
    where theirs.value is not null
),

-- materialised, or the planner joins every figure with every other one first
members as materialized (
    select
        ours.*,
        groups.comparator_group,
        groups.comparator_gss_code,
    from shown
    inner join living as ours
        using (indicator, gss_code, period_start, period_end)
    inner join core.comparators as groups
        using (gss_code, comparator_group)
),

compared as (
    select
        ours.indicator,
        ours.gss_code,
        ours.period_start,
        ours.period_end,
        ours.comparator_group,
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
        ours.polarity,
        ours.lgsco_type,
    from members as ours
    inner join living as theirs
        on
            ours.comparator_gss_code = theirs.gss_code
            and ours.indicator = theirs.indicator
            and ours.period_start = theirs.period_start
            and ours.period_end = theirs.period_end
    group by all
)

select
    compared.* exclude (polarity, lgsco_type),
    averages.type_average,
    averages.england_average,
    averages.mean_value as sample_mean,
    if(compared.comparator_group = 'lgsco_type', averages.is_fair_sample, null) as is_fair_sample,
    case
        when compared.value is null then null
        when verdicts.result is null or compared.polarity = 'none' then 'Not comparable'
        when compared.comparator_group = 'lgsco_type' and not averages.is_fair_sample then 'Not comparable'
        else verdicts.result
    end as result,
    case
        when compared.value is null then null
        when compared.polarity = 'none' then 'no good direction'
        when verdicts.result is null then coalesce(verdicts.reason, 'missing')
        when compared.comparator_group = 'lgsco_type' and not averages.is_fair_sample then 'sample not fair'
    end as result_reason,
from compared
left join marts.verdicts as verdicts
    using (indicator, gss_code, period_start, period_end, comparator_group)
left join marts.type_averages as averages
    using (indicator, lgsco_type, period_start, period_end)
