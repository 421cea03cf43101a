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

members as (
    select
        shown.*,
        groups.comparator_gss_code,
    from shown
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
        count(*) as comparators,
        count(theirs.value) as comparators_with_data,
        cast(sum(theirs.numerator) filter (theirs.value is not null) as bigint) as pooled_numerator,
        cast(sum(theirs.denominator) filter (theirs.value is not null) as bigint) as pooled_denominator,
        any_value(theirs.per)
        * sum(theirs.numerator) filter (theirs.value is not null)
        / nullif(sum(theirs.denominator) filter (theirs.value is not null), 0) as pooled_value,
        median(theirs.shown_value) as median_value,
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
    compared.indicator,
    compared.gss_code,
    compared.period_start,
    compared.period_end,
    compared.comparator_group,
    ours.period_label,
    ours.value,
    compared.* exclude (indicator, gss_code, period_start, period_end, comparator_group),
    averages.type_average,
    averages.england_average,
    averages.mean_value as sample_mean,
    if(compared.comparator_group = 'lgsco_type', averages.is_fair_sample, null) as is_fair_sample,
    case
        when ours.value is null then null
        when verdicts.result is null or ours.polarity = 'none' then 'Not comparable'
        when compared.comparator_group = 'lgsco_type' and not averages.is_fair_sample then 'Not comparable'
        else verdicts.result
    end as result,
    case
        when ours.value is null then null
        when ours.polarity = 'none' then 'no good direction'
        when verdicts.result is null then coalesce(verdicts.reason, 'missing')
        when compared.comparator_group = 'lgsco_type' and not averages.is_fair_sample then 'sample not fair'
    end as result_reason,
from compared
inner join living as ours
    using (indicator, gss_code, period_start, period_end)
left join marts.verdicts as verdicts
    using (indicator, gss_code, period_start, period_end, comparator_group)
left join marts.type_averages as averages
    on
        compared.indicator = averages.indicator
        and ours.lgsco_type = averages.lgsco_type
        and compared.period_start = averages.period_start
        and compared.period_end = averages.period_end
