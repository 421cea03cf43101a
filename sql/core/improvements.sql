-- One row: one case after which one council agreed with the Ombudsman to improve something, collected on request.
with newest as (
    select
        *,
        row_number()
            over (partition by council_slug, reference order by captured_at desc, source_row asc)
            as newness,
    from raw.captured_improvements
)

select
    names.gss_code,
    newest.reference,
    newest.category,
    newest.subcategory,
    newest.address,
    newest.capture_sha256,
from newest
inner join core.council_names as names
    on fold_name(newest.council_slug) = names.folded_name and not names.is_short
where newest.newness = 1
