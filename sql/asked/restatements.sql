-- One row: one figure of any council that its own source gives differently than before.
select
    councils.nice_name,
    restatements.measure,
    measures.title,
    restatements.period_start,
    restatements.period_end,
    restatements.as_printed_before,
    restatements.captured_at_before,
    restatements.as_printed,
    restatements.captured_at,
    restatements.address,
from marts.restatements as restatements
inner join core.councils as councils
    using (gss_code)
left join core.measures as measures
    using (measure)
order by
    restatements.captured_at desc,
    councils.nice_name asc,
    restatements.measure asc,
    restatements.period_start asc,
    restatements.address asc
