-- One row: one practice that a council or another body says it uses, paraphrased. No result is claimed for any of them.
select
    source_row,
    council_id as council_slug,
    council_name as body_name,
    theme,
    paraphrase,
    source_url,
    year as year_as_printed,
    author_role,
    try_cast(review_by as date) as review_date,
from raw.practices
