-- One row: one council's own published figures of one period on how long its Stage 2 complaints took, $council left out.
-- Figures of one page stand in one row, because a share and its count are one statement.
select
    readings.body_name,
    readings.procedure,
    readings.period_start,
    readings.period_end,
    max(readings.limit_days) as limit_days,
    min(readings.as_printed) filter (readings.measure = 'complaints_in_time_pct') as share_in_time,
    min(readings.as_printed) filter (readings.measure = 'complaints_completed_in_time')
        as completed_in_time,
    min(readings.as_printed) filter (readings.measure = 'complaints_completed_late') as completed_late,
    min(readings.as_printed) filter (readings.measure = 'complaints_completed') as completed,
    min(readings.as_printed) filter (readings.measure = 'late_response_days') as days_late,
    max(readings.printed_base) as printed_base,
    string_agg(distinct readings.note, '; ' order by readings.note) as note,
    min(readings.source_url) as source_url,
from core.readings as readings
where
    readings.source = 'peer_indicators'
    and readings.procedure in ('children_statutory', 'corporate')
    and readings.stage = '2'
    and readings.measure in (
        'complaints_in_time_pct',
        'complaints_completed_in_time',
        'complaints_completed_late',
        'complaints_completed',
        'late_response_days'
    )
    and readings.period_start is not null
    and readings.gss_code is distinct from $council
group by readings.body_name, readings.procedure, readings.period_start, readings.period_end
order by
    readings.procedure asc,
    readings.period_end desc,
    readings.body_name asc,
    readings.period_start asc
