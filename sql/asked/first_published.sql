-- One row: one figure whose source gave it differently when it was first read: its value then, in the indicator's unit.
-- Only the address that the figure is taken from counts: another source's change of mind restates nothing.
with used as (
    select distinct
        observations.gss_code,
        observations.period_start,
        observations.period_end,
        observations.measure,
        observations.procedure,
        observations.stage,
        observations.scope,
        observations.limit_days,
        observations.value,
        witnesses.address,
    from core.observations as observations
    inner join core.witnesses as witnesses
        on
            observations.gss_code = witnesses.gss_code
            and observations.period_start = witnesses.period_start
            and observations.period_end = witnesses.period_end
            and observations.measure = witnesses.measure
            and observations.procedure = witnesses.procedure
            and observations.stage = witnesses.stage
            and observations.scope = witnesses.scope
            and observations.limit_days = witnesses.limit_days
            and observations.source = witnesses.source
            and observations.source_row = witnesses.source_row
),

oldest as (
    select
        used.gss_code,
        used.period_start,
        used.period_end,
        used.measure,
        used.procedure,
        used.stage,
        used.scope,
        used.limit_days,
        any_value(used.value) as value_now,
        arg_min(readings.value, (readings.captured_at, readings.source, readings.source_row)) as first_value,
    from used
    inner join core.readings as readings
        on
            used.gss_code = readings.gss_code
            and used.period_start = readings.period_start
            and used.period_end = readings.period_end
            and used.measure = readings.measure
            and used.procedure = readings.procedure
            and used.stage = readings.stage
            and used.scope = readings.scope
            and used.limit_days = coalesce(readings.limit_days, 0)
            and used.address = readings.address
    where readings.problem is null and readings.kept_apart is null and readings.captured_at is not null
    group by all
),

then_and_now as (
    select
        figures.indicator,
        figures.gss_code,
        figures.period_start,
        any_value(figures.numerator_basis) as numerator_basis,
        any_value(figures.numerator) as numerator,
        any_value(figures.denominator) as denominator,
        any_value(indicators.kind) as kind,
        any_value(indicators.per) as per,
        any_value(oldest.first_value) filter (oldest.measure = indicators.numerator_measure)
            as first_numerator,
        any_value(oldest.first_value) filter (oldest.measure = indicators.denominator_measure)
            as first_denominator,
        any_value(oldest.first_value) filter (oldest.measure = indicators.printed_measure)
            as first_printed,
        bool_or(
            oldest.first_value <> oldest.value_now
            and (
                oldest.measure is distinct from indicators.printed_measure
                or figures.numerator_basis = 'worked out'
            )
        ) as is_restated,
    from marts.indicator_values as figures
    inner join core.indicators as indicators
        using (indicator)
    inner join oldest
        on
            figures.gss_code = oldest.gss_code
            and figures.period_start = oldest.period_start
            and figures.period_end = oldest.period_end
            and indicators.procedure = oldest.procedure
            and indicators.stage = oldest.stage
            and indicators.scope = oldest.scope
            and oldest.measure in (
                indicators.numerator_measure, indicators.denominator_measure, indicators.printed_measure
            )
            and oldest.limit_days in (coalesce(figures.limit_days, 0), 0)
    where figures.is_financial_year and figures.value is not null
    group by figures.indicator, figures.gss_code, figures.period_start
)

select
    indicator,
    gss_code,
    period_start,
    -- a share that is known by its printed percentage alone was printed to the nearest whole one
    if(
        numerator_basis = 'worked out' and first_printed is not null,
        first_printed,
        -- in the order of the mathematics, so that equal values tie to the last digit
        if(
            kind = 'rate',
            coalesce(first_numerator, numerator) / nullif(coalesce(first_denominator, denominator) / per, 0),
            per * (coalesce(first_numerator, numerator) / nullif(coalesce(first_denominator, denominator), 0))
        )
    ) as first_value,
from then_and_now
where is_restated
