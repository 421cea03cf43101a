-- One row: how many years running the Ombudsman's letters to $council raised late compliance, as one source gives it, latest first.
select
    readings.source,
    readings.source_row,
    readings.name,
    readings.period_start,
    readings.period_end,
    readings.value,
    readings.witness_kind,
    readings.source_url,
from core.readings as readings
where
    readings.gss_code = $council
    and readings.measure = 'late_compliance_concern_years'
    and readings.value is not null
    and readings.period_end is not null
order by readings.period_end desc, readings.source asc, readings.source_row asc
