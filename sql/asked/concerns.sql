-- One row: how many years running the Ombudsman's letters to $council raised late compliance, as one source gives it, latest first.
select *,
from core.readings
where
    gss_code = $council
    and measure = 'late_compliance_concern_years'
    and value is not null
    and period_end is not null
order by period_end desc, source asc, source_row asc
