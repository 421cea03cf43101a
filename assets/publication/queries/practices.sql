-- One row: one practice that a council says it uses, with where it says so.
select
    practices.source_row,
    practices.gss_code,
    practices.body_name,
    practices.theme,
    practices.paraphrase,
    practices.year_as_printed,
    practices.source_url,
from marts.practices as practices
order by practices.theme, practices.body_name, practices.source_row
