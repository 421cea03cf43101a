-- One row: one indicator, as its file in indicators/ defines it.
select
    indicators.indicator,
    indicators.title,
    indicators.short_title,
    measures.family,
    indicators.question,
    cast(indicators."order" as integer) as report_order,
    indicators.definition,
    indicators.caution,
    indicators.kind,
    if(indicators.kind = 'proportion', 100, 100000) as per,
    if(indicators.kind = 'proportion', 'percent', 'per 100,000 residents') as unit,
    indicators.numerator as numerator_measure,
    indicators.denominator as denominator_measure,
    indicators.printed as printed_measure,
    indicators.printed_average as printed_average_measure,
    indicators.procedure,
    indicators.stage,
    indicators.scope,
    cast(cast(indicators.limit_days as double) as integer) as limit_days,
    indicators.polarity,
    lower(indicators.upper_tier_only) = 'true' as is_upper_tier_only,
    cast(indicators.next_review as date) as next_review,
from raw.indicators as indicators
left join core.measures as measures
    on coalesce(indicators.numerator, indicators.printed) = measures.measure
