-- One row: one reply of $council to a figure of its own, the latest year first.
select
    replies.reply_id,
    replies.indicator,
    replies.period_label,
    replies.reply,
    replies.author_role,
    replies.replied_date,
    replies.about_value,
    replies.is_about_current_figure,
from marts.replies as replies
where replies.gss_code = $council
order by replies.indicator asc, replies.period_label desc, replies.replied_date desc, replies.reply_id asc
