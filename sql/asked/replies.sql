-- One row: one reply of $council to a figure of its own, the latest year first.
select *,
from marts.replies
where gss_code = $council
order by indicator asc, period_label desc, replied_date desc, reply_id asc
