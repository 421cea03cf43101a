-- One row: one stage of one case.
-- Choice: a stage is open until it has a closing date, whatever else was recorded, because only that ends the council's work.
with registers as (
    select
        gss_code,
        max(as_at) as as_at,
    from staging.register_extracts
    where register_table = 'case_stages'
    group by gss_code
)

select
    stages.* exclude (
        service,
        channel,
        independent_person_appointed_date,
        pause_reason,
        resolution_attempted,
        cost_gbp,
        extract_id,
        delivered_as_at,
        row_number
    ),
    coalesce(stages.service, 'not_recorded') as service,
    stages.kind = 'complaint' as is_complaint,
    stages.closed_date is null as is_open,
    stages.closed_date is not null
    and coalesce(stages.outcome in ('withdrawn', 'transferred'), false) as is_withdrawn,
    registers.as_at,
from staging.register_case_stages as stages
inner join registers on stages.gss_code = registers.gss_code
