-- One row: one living council of any comparator group of $council, with the groups that it is in and why.
select
    councils.gss_code,
    councils.nice_name,
    councils.lgsco_type,
    councils.region,
    list(comparators.comparator_group order by comparators.comparator_group) as comparator_groups,
    list(comparators.place order by comparators.comparator_group) as places,
from core.comparators as comparators
inner join core.councils as councils
    on comparators.comparator_gss_code = councils.gss_code
where comparators.gss_code = $council and councils.valid_to is null
group by councils.gss_code, councils.nice_name, councils.lgsco_type, councils.region
order by councils.nice_name
