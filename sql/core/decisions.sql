-- One row: one published decision of the Ombudsman about one council, collected on request: the facts and the address, not the
-- text. Published decisions include early closures, so they are no count of investigations.
with newest as (
    select
        *,
        row_number() over (partition by reference order by captured_at desc, source_row asc) as newness,
    from raw.captured_decisions
)

select
    newest.reference,
    if(
        cast(newest.decided_on as date) <= names.former_last_day, names.former_gss_code, names.gss_code
    ) as gss_code,
    newest.council_name,
    newest.outcome,
    newest.category,
    newest.subcategory,
    cast(newest.decided_on as date) as decided_on,
    newest.decision_address,
    cast(newest.is_late as boolean) as is_late,
    newest.late_stages,
    cast(newest.is_action_late as boolean) as is_action_late,
    newest.late_by,
    cast(newest.remedy_gbp as double) as remedy_gbp,
    newest.promises,
    newest.address,
    newest.capture_sha256,
from newest
left join core.council_names as names
    on fold_name(newest.council_name) = names.folded_name and not names.is_short
where newest.newness = 1
