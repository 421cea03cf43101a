-- One row: one resolution of the panel, or one promise made to it, and whether it has been reported.
select *,
from marts.resolution_progress
where gss_code = $council
order by made_date, resolution_id
