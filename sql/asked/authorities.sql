-- One row: how many living authorities other than $council deal with statutory children's complaints.
select count(*) as authorities,
from core.councils as councils
where councils.valid_to is null and councils.lgsco_type <> 'district' and councils.gss_code <> $council
order by all
