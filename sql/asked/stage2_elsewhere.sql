-- One row: one authority's Stage 2 timeliness of one procedure in one period, $council left out, with the counts that its
-- own report gives of complaints received and late, and what it notes on its figures in time.
with counted as (
    select
        'published report' as origin,
        body_name,
        procedure,
        period_start,
        period_end,
        cast(max(value) filter (measure = 'complaints_received') as bigint) as received,
        cast(max(value) filter (measure = 'complaints_completed_late') as bigint) as late,
        cast(max(value) filter (measure = 'late_response_days') as bigint) as days_late,
        string_agg(distinct note, '; ' order by note) filter (
            measure like 'complaints_completed%'
            or measure in ('complaints_in_time_pct', 'late_response_days')
        ) as note,
    from core.readings
    where source = 'peer_indicators' and stage = '2'
    group by body_name, procedure, period_start, period_end
)

select
    elsewhere.*,
    counted.received,
    counted.late,
    counted.days_late,
    counted.note,
from marts.stage2_elsewhere as elsewhere
left join counted
    using (origin, body_name, procedure, period_start, period_end)
where elsewhere.gss_code is distinct from $council
order by
    elsewhere.procedure asc,
    elsewhere.comparability_grade asc,
    elsewhere.period_end desc,
    elsewhere.body_name asc
