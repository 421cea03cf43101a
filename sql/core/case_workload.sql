-- One row: one Stage 2 complaint under the statutory children's procedure, as the capacity model needs it.
-- Choice: work lasts from the investigator's appointment to the adjudication letter, as the person is bound that long.
with cases as (
    select
        stages.gss_code,
        stages.case_reference,
        stages.requested_date,
        stages.investigator_appointed_date,
        stages.investigator_reference,
        stages.independent_person_reference,
        coalesce(stages.adjudication_date, stages.response_sent_date, stages.closed_date) as ended_date,
        stages.is_withdrawn,
        stages.as_at,
    from core.case_stages as stages
    where
        stages.is_complaint
        and stages.procedure = 'children_statutory'
        and stages.stage = '2'
)

select
    cases.gss_code,
    cases.case_reference,
    cases.requested_date,
    cases.investigator_appointed_date,
    cases.ended_date,
    cases.is_withdrawn,
    cases.ended_date is null as is_open,
    cases.requested_date > cases.as_at - interval 1 year as is_from_last_year,
    coalesce(ended.working_day_number, extracted.working_day_number) - requested.working_day_number
        as elapsed_working_days,
    coalesce(ended.working_day_number, extracted.working_day_number) - appointed.working_day_number
        as work_working_days,
    cases.investigator_reference,
    cases.independent_person_reference,
    cases.as_at,
from cases
left join core.working_days as requested on cases.requested_date = requested.date
left join core.working_days as appointed on cases.investigator_appointed_date = appointed.date
left join core.working_days as ended on cases.ended_date = ended.date
left join core.working_days as extracted on cases.as_at = extracted.date
