-- One row: one published decision of the Ombudsman that found delay in the statutory children's complaints procedure.
-- Choice: a stage counts as late only where the decision names it; late actions after a stage are no late stage.
select
    source_row,
    council_id as council_slug,
    council_name as body_name,
    replace(case_ref, ' ', '-') as case_reference,
    try_cast(decision_date as date) as decision_date,
    -- the first two digits of a reference are the financial year in which the Ombudsman opened the case
    coalesce(
        year(try_cast(decision_date as date)),
        try_cast(decision_date as integer),
        2000 + try_cast(left(case_ref, 2) as integer)
    ) as year_of_decision_or_case,
    stage as stage_as_gathered,
    stage in ('2', '1-2', '1-3', '2-3') as is_stage2_late,
    stage like '%actions' as is_action_late,
    try_cast(remedy_gbp as double) as remedy_gbp,
    finding_paraphrase,
    promised,
    source_url,
    notes as note,
from raw.stage2_decisions
