-- One row: one indicator of one type of council in one financial year: the Ombudsman's printed averages, and whether the
-- councils in hand are a fair sample of the type.
-- Fair: their mean lies no further from the printed average of all councils of the type than a random draw of as many
-- would in 95 of 100 years (Student's t, without replacement), after half a unit for the rounding of the printed one.
-- The spread is at least what chance alone gives councils of their size. Under five in hand nothing is tested.
-- Councils are added up in one order and results rounded to nine decimals, so that every processor finds the same.
with in_hand as (
    select
        figures.indicator,
        figures.gss_code,
        councils.lgsco_type,
        figures.period_start,
        figures.period_end,
        figures.period_label,
        indicators.kind,
        indicators.per,
        indicators.printed_measure,
        figures.denominator,
        figures.printed_average,
        coalesce(
            figures.value,
            if(
                figures.missing_reason = 'number of cases not printed' and figures.doubt is null,
                figures.printed_value,
                null
            )
        ) as value,
    from marts.indicator_values as figures
    inner join core.indicators as indicators
        using (indicator)
    inner join core.councils as councils
        using (gss_code)
    where
        figures.is_financial_year
        and not figures.is_after_abolition
        and (councils.valid_from is null or councils.valid_from <= figures.period_start)
        and figures.missing_reason is distinct from 'not applicable'
),

printed as (
    select
        indicator,
        lgsco_type,
        period_start,
        period_end,
        printed_average,
        count(*) as pages,
    from in_hand
    where printed_average is not null
    group by indicator, lgsco_type, period_start, period_end, printed_average
),

-- the average is printed on the page of each council: the one that most pages give
most_printed as (
    select
        indicator,
        lgsco_type,
        period_start,
        period_end,
        arg_min(printed_average, (-pages, printed_average)) as type_average,
        count(*) > 1 as has_disagreement,
    from printed
    group by indicator, lgsco_type, period_start, period_end
),

samples as (
    select
        in_hand.indicator,
        in_hand.lgsco_type,
        in_hand.period_start,
        in_hand.period_end,
        any_value(in_hand.period_label) as period_label,
        any_value(in_hand.kind) as kind,
        any_value(in_hand.printed_measure) as printed_measure,
        count(*) as councils,
        count(in_hand.value) as councils_with_figure,
        round(list_avg(list(in_hand.value order by in_hand.gss_code)), 9) as mean_value,
        any_value(most_printed.type_average) as type_average,
        coalesce(any_value(most_printed.has_disagreement), false) as has_disagreement,
        coalesce(round(list_var_samp(list(in_hand.value order by in_hand.gss_code)), 9), 0) as variance,
        list_avg(
            list(in_hand.per / nullif(in_hand.denominator, 0) order by in_hand.gss_code)
            filter (in_hand.value is not null)
        ) as per_case,
    from in_hand
    left join most_printed
        using (indicator, lgsco_type, period_start, period_end)
    group by in_hand.indicator, in_hand.lgsco_type, in_hand.period_start, in_hand.period_end
),

tested as (
    select
        *,
        councils_with_figure - 1 as freedom,
        cast(1.959963984540054 as double) as normal_quantile,
        normal_quantile * normal_quantile * normal_quantile as quantile_cubed,
        quantile_cubed * normal_quantile * normal_quantile as quantile_fifth,
        quantile_fifth * normal_quantile * normal_quantile as quantile_seventh,
        greatest(
            variance,
            coalesce(
                per_case * if(kind = 'proportion', type_average * (100 - type_average) / 100, type_average), 0
            )
        ) as spread,
        councils_with_figure >= 5 and type_average is not null as is_tested,
    from samples
),

-- Student's t from the normal quantile (Fisher & Cornish 1960), right to a hundredth from four degrees of freedom on
limited as (
    select
        *,
        round(
            (
                normal_quantile
                + (quantile_cubed + normal_quantile) / (4 * freedom)
                + (5 * quantile_fifth + 16 * quantile_cubed + 3 * normal_quantile)
                / (96 * freedom * freedom)
                + (
                    3 * quantile_seventh
                    + 19 * quantile_fifth
                    + 17 * quantile_cubed
                    - 15 * normal_quantile
                )
                / (384 * freedom * freedom * freedom)
            )
            * sqrt(spread / councils_with_figure * (1 - councils_with_figure / councils))
            + if(kind = 'proportion', 0.5, 0.05),
            9
        ) as chance,
    from tested
)

select
    limited.indicator,
    limited.lgsco_type,
    limited.period_start,
    limited.period_end,
    limited.period_label,
    limited.councils,
    limited.councils_with_figure,
    limited.mean_value,
    limited.type_average,
    limited.has_disagreement,
    england.value as england_average,
    if(limited.is_tested, round(limited.mean_value - limited.type_average, 9), null) as distance,
    if(limited.is_tested, limited.chance, null) as largest_by_chance,
    if(
        limited.is_tested,
        limited.councils_with_figure = limited.councils
        or round(abs(limited.mean_value - limited.type_average), 9) <= limited.chance,
        null
    ) as is_fair_sample,
from limited
left join core.england_averages as england
    on
        limited.printed_measure = england.measure
        and limited.period_start = england.period_start
        and limited.period_end = england.period_end
