-- One row: one printed figure of $council that one indicator is made of, in one period: where it stands and when it was read.
select
    indicators.indicator,
    observations.gss_code,
    observations.period_start,
    observations.period_end,
    observations.measure,
    measures.title,
    observations.as_printed,
    observations.unit,
    observations.witness_kind,
    observations.source_url,
    observations.captured_at,
    observations.capture_sha256,
    observations.witnesses,
    observations.has_disagreement,
from core.indicators as indicators
inner join core.observations as observations
    on
        observations.measure in (
            indicators.numerator_measure,
            indicators.denominator_measure,
            indicators.printed_measure
        )
        and indicators.procedure = observations.procedure
        and indicators.stage = observations.stage
        and indicators.scope = observations.scope
inner join core.measures as measures
    using (measure)
where observations.gss_code = $council
order by
    indicators.report_order asc,
    observations.period_start asc,
    observations.measure = indicators.numerator_measure desc,
    observations.measure = indicators.denominator_measure desc,
    observations.measure asc,
    observations.period_end asc,
    observations.source_url asc
