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
    councils.gss_code,
    newest.reference,
    newest.category,
    newest.subcategory,
    newest.address,
    newest.capture_sha256,
from newest
inner join core.council_names as folded
    on trim(regexp_replace(lower(newest.council_slug), '[^a-z0-9]+', ' ', 'g')) = folded.folded_name
inner join core.councils as councils
    on folded.gss_code = councils.gss_code
where newest.newness = 1
