-- One row: one witness of a count or percentage behind $indicator of $council in the year from $period_start.
select
    witnesses.measure,
    measures.title,
    witnesses.as_printed,
    witnesses.witness_kind,
    coalesce(witnesses.source_url, witnesses.address) as address,
    witnesses.captured_at,
    witnesses.capture_sha256,
    coalesce(
        observations.source = witnesses.source and observations.source_row = witnesses.source_row, false
    ) as is_used,
from core.indicators as indicators
inner join core.witnesses as witnesses
    on
        witnesses.measure in (
            indicators.numerator_measure, indicators.denominator_measure, indicators.printed_measure
        )
        and indicators.procedure = witnesses.procedure
        and indicators.stage = witnesses.stage
        and indicators.scope = witnesses.scope
inner join core.measures as measures
    using (measure)
left join core.observations as observations
    on
        witnesses.gss_code = observations.gss_code
        and witnesses.period_start = observations.period_start
        and witnesses.period_end = observations.period_end
        and witnesses.measure = observations.measure
        and witnesses.procedure = observations.procedure
        and witnesses.stage = observations.stage
        and witnesses.scope = observations.scope
        and witnesses.limit_days = observations.limit_days
where
    indicators.indicator = $indicator
    and witnesses.gss_code = $council
    and witnesses.period_start = $period_start
    and witnesses.period_end = $period_end
order by
    case witnesses.measure
        when indicators.numerator_measure then 1 when indicators.denominator_measure then 2 else 3
    end,
    not is_used,
    witnesses.precedence,
    address
