-- One row: one indicator of $council in one year, and its change from the year before, or why none is given.
select *,
from marts.yearly_changes
where gss_code = $council
