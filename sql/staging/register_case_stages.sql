-- One row: one stage of one case of one council, as its latest extract has it.
-- Choice: a later extract supersedes row by row, so a stage that a later one leaves out stays, because councils send the
-- changes of a month or a rolling window; only an extract that says it covers everything drops what it does not hold.
-- Nothing is materialised: DuckDB reads every column of what stands beside a materialised part, whether it is asked for or not.
with extracts as not materialized (
    select
        gss_code,
        extract_id,
        covers,
        row_number() over (
            partition by gss_code
            order by as_at, delivered_at, extract_id
        ) as extract_number,
        count(*) over (partition by gss_code) as extracts,
    from raw.register_extracts
    where register_table = 'case_stages'
),

-- of two extracts of the same day that cover everything the one delivered last stands
valid_extracts as not materialized (
    select
        gss_code,
        extract_id,
        extract_number,
        extracts,
    from extracts
    qualify extract_number >= coalesce(
        max(extract_number) filter (where covers = 'everything') over (partition by gss_code), 0
    )
),

-- most councils have one extract at first, whose rows need no comparing
delivered_again as (
    select
        delivered.gss_code,
        delivered.case_reference,
        delivered.stage,
        max(valid_extracts.extract_number) as extract_number,
    from raw.register_case_stages as delivered
    inner join valid_extracts
        using (gss_code, extract_id)
    where valid_extracts.extracts > 1
    group by delivered.gss_code, delivered.case_reference, delivered.stage
    having count(*) > 1
)

select
    delivered.gss_code,
    cast(delivered.case_reference as bigint) as case_reference,
    delivered.stage,
    delivered.procedure,
    delivered.service,
    coalesce(delivered.kind, 'complaint') as kind,
    delivered.channel,
    cast(delivered.requested_date as date) as requested_date,
    cast(delivered.acknowledged_date as date) as acknowledged_date,
    cast(delivered.statement_agreed_date as date) as statement_agreed_date,
    cast(delivered.investigator_appointed_date as date) as investigator_appointed_date,
    cast(delivered.independent_person_appointed_date as date) as independent_person_appointed_date,
    cast(delivered.file_access_date as date) as file_access_date,
    cast(delivered.first_interview_date as date) as first_interview_date,
    cast(delivered.last_interview_date as date) as last_interview_date,
    cast(delivered.interview_notes_date as date) as interview_notes_date,
    cast(delivered.report_received_date as date) as report_received_date,
    cast(delivered.adjudication_date as date) as adjudication_date,
    cast(delivered.response_sent_date as date) as response_sent_date,
    cast(delivered.closed_date as date) as closed_date,
    delivered.outcome,
    cast(delivered.extension_working_days as integer) as extension_working_days,
    cast(delivered.paused_working_days as integer) as paused_working_days,
    delivered.pause_reason,
    delivered.waiting_on,
    delivered.partner,
    cast(delivered.information_requested_date as date) as information_requested_date,
    cast(delivered.information_due_date as date) as information_due_date,
    cast(delivered.information_received_date as date) as information_received_date,
    cast(delivered.organisations as integer) as organisations,
    cast(delivered.points_of_complaint as integer) as points_of_complaint,
    delivered.resolution_attempted,
    cast(delivered.investigator_reference as bigint) as investigator_reference,
    cast(delivered.independent_person_reference as bigint) as independent_person_reference,
    cast(delivered.cost_gbp as double) as cost_gbp,
    cast(delivered.remedy_gbp as double) as remedy_gbp,
    delivered.extract_id,
    cast(delivered.as_at as date) as delivered_as_at,
    cast(delivered.row_number as bigint) as row_number,
from raw.register_case_stages as delivered
inner join
    valid_extracts
    on delivered.gss_code = valid_extracts.gss_code and delivered.extract_id = valid_extracts.extract_id
left join delivered_again
    on
        delivered.gss_code = delivered_again.gss_code
        and delivered.case_reference = delivered_again.case_reference
        and delivered.stage = delivered_again.stage
where delivered_again.extract_number is null or delivered_again.extract_number = valid_extracts.extract_number
