-- One row: one indicator in one financial year, and the stretch between breaks that the year lies in. Only years of one stretch
-- are comparable: `segment` is the day on which the stretch began.
with years as (
    select
        indicators.indicator,
        periods.period_start,
        periods.period_end,
        periods.period_label,
        indicators.numerator_measure,
        indicators.denominator_measure,
        indicators.printed_measure,
    from core.indicators as indicators
    cross join core.periods as periods
    where periods.is_financial_year
)

select
    years.indicator,
    years.period_start,
    years.period_end,
    years.period_label,
    coalesce(max(breaks.first_day) filter (breaks.kind = 'break'), date '1974-04-01') as segment,
    coalesce(bool_or(breaks.kind = 'break' and breaks.first_day = years.period_start), false) as is_break,
    coalesce(bool_or(breaks.kind = 'flag' and breaks.first_day = years.period_start), false) as is_flagged,
    string_agg(distinct breaks.what_changed, '; ' order by breaks.what_changed)
    filter (breaks.first_day = years.period_start) as what_changed,
from years
left join core.breaks as breaks
    on
        breaks.measure in (years.numerator_measure, years.denominator_measure, years.printed_measure)
        and years.period_start >= breaks.first_day
group by years.indicator, years.period_start, years.period_end, years.period_label
