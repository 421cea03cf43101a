-- One row: one witness of a figure that its witnesses do not agree on.
select
    disagreements.gss_code,
    councils.nice_name,
    disagreements.period_start,
    disagreements.period_end,
    disagreements.measure,
    measures.title,
    disagreements.as_printed,
    disagreements.witness_kind,
    disagreements.is_used,
    disagreements.address,
from quality.disagreements as disagreements
inner join core.councils as councils
    using (gss_code)
left join core.measures as measures
    using (measure)
order by
    councils.nice_name asc,
    disagreements.period_start asc,
    disagreements.measure asc,
    disagreements.is_used desc
