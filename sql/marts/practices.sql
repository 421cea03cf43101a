-- One row: one practice that one council says it uses, with where it says so. No result is claimed for any of them.
select
    practices.source_row,
    councils.gss_code,
    practices.body_name,
    practices.theme,
    practices.paraphrase,
    practices.source_url,
    practices.year_as_printed,
from staging.practices as practices
left join core.councils as councils
    on practices.council_slug = councils.council_slug
