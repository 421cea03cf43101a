-- One row: one published decision in which the Ombudsman found delay in a council's statutory children's complaints procedure:
-- the facts and the link, not the text.
-- Choice: found by searching or read from a summary, so what is here is a floor. It is counted by council, and a rate is made
-- only of dates of which every decision was collected (marts.stage2_windows). What a person read replaces what was read here.
with gathered as (
    select
        decisions.source_row,
        councils.gss_code,
        decisions.body_name,
        decisions.case_reference,
        decisions.decision_date,
        decisions.year_of_decision_or_case,
        decisions.is_stage2_late,
        decisions.is_action_late,
        decisions.remedy_gbp,
        decisions.finding_paraphrase,
        decisions.promised,
        decisions.source_url,
        decisions.note,
    from staging.stage2_decisions as decisions
    left join core.council_names as councils
        on fold_name(decisions.council_slug) = councils.folded_name and not councils.is_short
),

collected as (
    select
        decisions.gss_code,
        decisions.council_name as body_name,
        decisions.reference as case_reference,
        decisions.decided_on as decision_date,
        year(decisions.decided_on) as year_of_decision_or_case,
        contains(decisions.late_stages, '2') as is_stage2_late,
        decisions.is_action_late,
        decisions.remedy_gbp,
        case
            when decisions.late_stages <> ''
                then 'delay at stage ' || replace(decisions.late_stages, ' ', ' and ')
            when decisions.is_action_late then 'agreed actions late'
            else 'delay in the statutory procedure'
        end
        || coalesce(': ' || decisions.late_by, '') as finding_paraphrase,
        nullif(decisions.promises, '') as promised,
        decisions.decision_address as source_url,
    from core.decisions as decisions
    anti join gathered
        on decisions.reference = gathered.case_reference
    where decisions.is_late
)

select gathered.*, from gathered

union all by name

select collected.*, from collected
