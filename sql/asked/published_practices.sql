-- One row: one council that says something of its practice, and how many practices of it are held.
select
    gss_code,
    count(*) as practices,
from marts.practices
where gss_code is not null
group by gss_code
