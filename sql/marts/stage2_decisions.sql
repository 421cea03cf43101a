-- One row: one published decision in which the Ombudsman found delay in a council's statutory children's complaints procedure:
-- the facts and the link, not the text.
-- Choice: found by searching, so what is here is a floor. It is counted by council, and never made a rate or compared.
select
    decisions.source_row,
    councils.gss_code,
    decisions.body_name,
    decisions.case_reference,
    decisions.decision_date,
    decisions.year_of_decision_or_case,
    decisions.is_stage1_late,
    decisions.is_stage2_late,
    decisions.is_stage3_late,
    decisions.is_action_late,
    decisions.remedy_gbp,
    decisions.finding_paraphrase,
    decisions.source_url,
    decisions.note,
from staging.stage2_decisions as decisions
left join core.council_names as councils
    on fold_name(decisions.council_slug) = councils.folded_name and not councils.is_short
