-- One row: one indicator of $council in $year or, where that is empty, in the latest year with a figure.
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
    $council as gss_code,
    chosen.title,
    chosen.short_title,
    chosen.family,
    chosen.question,
    chosen.definition,
    chosen.caution,
    chosen.numerator_measure,
    chosen.denominator_measure,
    chosen.printed_measure,
    chosen.kind,
    chosen.per,
    chosen.unit,
    chosen.polarity,
    chosen.procedure,
    chosen.stage,
    chosen.is_upper_tier_only,
    chosen.period_start,
    chosen.period_end,
    chosen.period_label,
    figures.is_financial_year,
    figures.numerator,
    figures.numerator_basis,
    figures.denominator,
    figures.value,
    figures.lower_95,
    figures.upper_95,
    figures.printed_value,
    figures.printed_text,
    figures.printed_average,
    figures.is_small_base,
    figures.missing_reason,
    figures.doubt,
    figures.limit_days,
    figures.population_year,
    figures.has_disagreement,
    figures.witness_kind,
    figures.source_url,
    figures.note,
from chosen
left join marts.indicator_values as figures
    on
        chosen.indicator = figures.indicator
        and chosen.period_start = figures.period_start
        and chosen.period_end = figures.period_end
        and figures.gss_code = $council
order by chosen.report_order
