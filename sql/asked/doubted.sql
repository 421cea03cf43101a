-- One row: one figure that contradicts its own source or is out by about ten times, and who vouches for it.
select
    doubts.gss_code,
    councils.nice_name,
    doubts.period_start,
    doubts.period_end,
    doubts.measure,
    measures.title,
    doubts.as_printed,
    doubts.reason,
    doubts.source_url,
    doubts.is_vouched,
    doubts.vouched_by,
    doubts.vouched_reason,
from core.doubts as doubts
inner join core.councils as councils
    using (gss_code)
left join core.measures as measures
    using (measure)
order by
    doubts.is_vouched asc,
    councils.nice_name asc,
    doubts.period_start asc,
    doubts.measure asc,
    doubts.address asc,
    doubts.version asc
