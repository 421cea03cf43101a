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
    stages.gss_code,
    stages.case_reference,
    stages.stage,
    stages.procedure,
    stages.kind,
    stages.requested_date,
    stages.acknowledged_date,
    stages.statement_agreed_date,
    stages.investigator_appointed_date,
    stages.file_access_date,
    stages.first_interview_date,
    stages.last_interview_date,
    stages.interview_notes_date,
    stages.report_received_date,
    stages.adjudication_date,
    stages.response_sent_date,
    stages.closed_date,
    stages.outcome,
    stages.extension_working_days,
    stages.paused_working_days,
    stages.waiting_on,
    stages.partner,
    stages.information_requested_date,
    stages.information_due_date,
    stages.information_received_date,
    stages.organisations,
    stages.points_of_complaint,
    stages.investigator_reference,
    stages.independent_person_reference,
    stages.remedy_gbp,
    coalesce(stages.service, 'not_recorded') as service,
    stages.kind = 'complaint' as is_complaint,
    stages.closed_date is null as is_open,
    stages.closed_date is not null
    and coalesce(stages.outcome in ('withdrawn', 'transferred'), false) as is_withdrawn,
    registers.as_at,
from staging.register_case_stages as stages
inner join registers on stages.gss_code = registers.gss_code
