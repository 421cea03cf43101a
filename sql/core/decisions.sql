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
    councils.gss_code,
    newest.council_name,
    newest.outcome,
    newest.category,
    newest.subcategory,
    cast(newest.decided_on as date) as decided_on,
    newest.decision_address,
    newest.capture_sha256,
from newest
left join core.council_names as folded
    on
        trim(regexp_replace(replace(lower(newest.council_name), '&', ' and '), '[^a-z0-9]+', ' ', 'g'))
        = folded.folded_name
left join core.councils as councils
    on folded.gss_code = councils.gss_code
where newest.newness = 1
