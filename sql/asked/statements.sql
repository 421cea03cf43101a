-- One row: one figure of $council from its minutes, the press or an Ombudsman decision, as printed; of several that print
-- the same, the one with a note. What is known is shown even where it cannot be compared.
select
    readings.source,
    readings.source_row,
    readings.measure,
    measures.title,
    readings.procedure,
    readings.stage,
    readings.limit_days,
    readings.as_printed,
    readings.unit,
    readings.period_start,
    readings.period_end,
    readings.note,
    coalesce(readings.problem, readings.kept_apart) as problem,
    readings.source_url,
    readings.witness_kind,
from core.readings as readings
inner join core.measures as measures
    using (measure)
where
    readings.gss_code = $council
    and readings.source in ('own_indicators', 'letters_and_press')
qualify
    row_number() over (
        partition by
            readings.measure,
            readings.procedure,
            readings.stage,
            readings.limit_days,
            readings.as_printed,
            readings.unit,
            readings.period_start,
            readings.period_end,
            readings.problem
        order by readings.note is null, readings.source, readings.source_row
    ) = 1
order by
    readings.period_end desc nulls last,
    readings.procedure asc,
    readings.stage asc,
    measures.title asc,
    readings.as_printed asc
