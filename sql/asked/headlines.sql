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
    chosen.* exclude (limit_days),
    $council as gss_code,
    figures.* exclude (indicator, gss_code, period_start, period_end, period_label, unit),
from chosen
left join marts.indicator_values as figures
    on
        chosen.indicator = figures.indicator
        and chosen.period_start = figures.period_start
        and chosen.period_end = figures.period_end
        and figures.gss_code = $council
order by chosen.report_order
