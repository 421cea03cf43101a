-- One row: one figure of $council that no indicator uses as it stands: targets, the Ombudsman's concerns, counts without a
-- period. What is known is shown even where it cannot be compared.
select
    measures.title,
    readings.procedure,
    readings.stage,
    readings.as_printed,
    readings.unit,
    readings.period_start,
    readings.period_end,
    readings.note,
    readings.problem,
    readings.source_url,
from core.readings as readings
inner join core.measures as measures
    on readings.measure = measures.measure
where
    readings.gss_code = $council
    and readings.source = 'own_indicators'
order by readings.source_row
