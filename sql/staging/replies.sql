-- One row: one explanation that a council has given of one figure of its own, and not withdrawn.
select
    gss_code,
    reply_id,
    indicator,
    period as period_label,
    text as reply,
    author_role,
    cast(replied as date) as replied_date,
    about_value,
from raw.replies
where withdrawn is null
