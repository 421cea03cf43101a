-- One row: one indicator of $council beside $comparators, in $year or, where that is empty, in the latest year with a figure.
-- An indicator without any figure of the council still has its row, with the reason.
with chosen as (
    select
        indicators.*,
        periods.period_start,
        periods.period_end,
        periods.period_label,
    from core.indicators as indicators
    left join marts.latest_years as latest
        on
            indicators.indicator = latest.indicator
            and latest.gss_code = $council
    left join core.periods as periods
        on
            case
                when $year = ''
                    then latest.period_start = periods.period_start and latest.period_end = periods.period_end
                else periods.is_financial_year and periods.period_label = $year
            end
)

select
    chosen.indicator,
    chosen.title,
    chosen.question,
    chosen.definition,
    chosen.caution,
    chosen.kind,
    chosen.unit,
    chosen.polarity,
    chosen.is_upper_tier_only,
    chosen.period_start,
    chosen.period_end,
    chosen.period_label,
    values.is_financial_year,
    values.numerator,
    values.numerator_basis,
    values.denominator,
    values.value,
    values.lower_95,
    values.upper_95,
    values.printed_value,
    values.printed_text,
    values.printed_average,
    values.is_small_base,
    values.missing_reason,
    values.limit_days,
    values.population_year,
    values.has_disagreement,
    values.witness_kind,
    values.source_url,
    values.note,
    comparisons.comparators,
    comparisons.comparators_with_data,
    comparisons.pooled_numerator,
    comparisons.pooled_denominator,
    comparisons.pooled_value,
    comparisons.median_value,
from chosen
left join marts.indicator_values as values
    on
        chosen.indicator = values.indicator
        and chosen.period_start = values.period_start
        and chosen.period_end = values.period_end
        and values.gss_code = $council
left join marts.comparisons as comparisons
    on
        chosen.indicator = comparisons.indicator
        and chosen.period_start = comparisons.period_start
        and chosen.period_end = comparisons.period_end
        and comparisons.gss_code = $council
        and comparisons.comparator_group = $comparators
order by chosen.report_order
