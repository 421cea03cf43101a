-- One row: one council in one month, as its latest extract has it.
select
    gss_code,
    cast(month as date) as month_start,
    cast(posts as double) as posts,
    cast(vacancies as double) as vacancies,
    cast(absences_covered as double) as absences_covered,
    cast(absences_not_covered as double) as absences_not_covered,
    cast(investigators_available as integer) as investigators_available,
    cast(independent_persons_available as integer) as independent_persons_available,
    cast(recruitment_lead_working_days as integer) as recruitment_lead_working_days,
    cast(investigator_fee_gbp as double) as investigator_fee_gbp,
    cast(independent_person_fee_gbp as double) as independent_person_fee_gbp,
    cast(cost_gbp as double) as cost_gbp,
    cast(budget_gbp as double) as budget_gbp,
    extract_id,
from raw.register_resources
qualify row_number() over (
    partition by gss_code, month
    order by as_at desc, delivered_at desc, extract_id desc
) = 1
