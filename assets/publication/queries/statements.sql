-- One row: one figure of $council from its minutes, the press or an Ombudsman decision, as printed; one address where
-- several print the same. What is known is shown even where it cannot be compared.
select
    readings.source,
    min(readings.source_row) as source_row,
    readings.measure,
    measures.title,
    readings.procedure,
    readings.stage,
    readings.limit_days,
    readings.as_printed,
    readings.unit,
    readings.period_start,
    readings.period_end,
    arg_min(readings.note, readings.source_row) as note,
    arg_min(readings.locator, readings.source_row) as locator,
    readings.problem,
    arg_min(readings.source_url, readings.source_row) as source_url,
    arg_min(readings.witness_kind, readings.source_row) as witness_kind,
from core.readings as readings
inner join core.measures as measures
    on readings.measure = measures.measure
where
    readings.gss_code = $council
    and readings.source in ('own_indicators', 'letters_and_press')
group by
    readings.source,
    readings.measure,
    measures.title,
    readings.procedure,
    readings.stage,
    readings.limit_days,
    readings.as_printed,
    readings.unit,
    readings.period_start,
    readings.period_end,
    readings.problem
order by source_row, readings.source, readings.measure, readings.as_printed
