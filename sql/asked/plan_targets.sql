-- One row: one target of $council, where it said it would be, and the chance of meeting it.
select *,
from marts.target_outlook
where gss_code = $council
order by by_date, target_id
