-- One row: one statement that answers one question about $council beside $comparators, in the order of the panel pack.
select
    answers.gss_code,
    answers.comparator_group,
    answers.year,
    answers.question,
    answers.statement,
    answers.section,
    answers.place,
    answers.asks,
    answers.is_lead,
    answers.what,
    answers.period_label,
    answers.ours,
    answers.beside,
    answers.verdict,
    answers.sentence,
    answers.confidence,
    answers.confidence_reason,
    answers.caveat,
    answers.missing,
    answers.evidence,
    answers.sources,
    answers.is_for_a_person,
from marts.answers as answers
where
    answers.gss_code = $council
    and answers.comparator_group = $comparators
    and answers.year = $year
order by answers.section, answers.place
