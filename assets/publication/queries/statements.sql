-- One row: one figure of $council from its minutes, the press or an Ombudsman decision, as printed; one address where
-- several print the same, the one with a note first. What is known is shown even where it cannot be compared.
select
    readings.measure,
    measures.title,
    readings.procedure,
    readings.stage,
    readings.limit_days,
    readings.as_printed,
    readings.unit,
    readings.period_start,
    readings.period_end,
    arg_min(readings.note, (readings.note is null, readings.source, readings.source_row)) as note,
    readings.problem,
    arg_min(
        readings.source_url, (readings.note is null, readings.source, readings.source_row)
    ) as source_url,
    arg_min(
        readings.witness_kind, (readings.note is null, readings.source, readings.source_row)
    ) as witness_kind,
from core.readings as readings
inner join core.measures as measures
    on readings.measure = measures.measure
where
    readings.gss_code = $council
    and readings.source in ('own_indicators', 'letters_and_press')
group by
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
order by
    readings.period_end desc nulls last,
    readings.procedure asc,
    readings.stage asc,
    measures.title asc,
    readings.as_printed asc
