-- One row: one practice that a council says it uses, with where it says so, and whether that council is likely better than
-- $council among its $comparators on anything. Neither is said to be the reason of the other.
select
    practices.source_row,
    practices.gss_code,
    practices.body_name,
    practices.theme,
    practices.paraphrase,
    practices.year_as_printed,
    practices.source_url,
    practices.author_role,
    practices.review_date,
    practices.is_review_overdue,
    coalesce(practices.gss_code = $council, false) as is_subject,
    standing.standing,
    standing.better_on,
from marts.practices as practices
left join marts.practice_standing as standing
    on
        practices.source_row = standing.source_row
        and standing.gss_code = $council
        and standing.comparator_group = $comparators
order by practices.theme, practices.body_name, practices.source_row
