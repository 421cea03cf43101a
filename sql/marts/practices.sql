-- One row: one practice that one council says it uses, with where it says so. No result is claimed for any of them.
-- Choice: an entry whose review has passed is shown and marked, because what a council said it did then it did say.
select
    practices.source_row,
    councils.gss_code,
    practices.body_name,
    practices.theme,
    practices.paraphrase,
    practices.source_url,
    practices.year_as_printed,
    practices.author_role,
    practices.review_date,
    practices.review_date < current_date as is_review_overdue,
from staging.practices as practices
left join core.council_names as councils
    on fold_name(practices.council_slug) = councils.folded_name and not councils.is_short
