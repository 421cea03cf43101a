-- One row: one comparator group of $council, with how it is made and how many councils are in it.
select
    named.comparator_group,
    named.title,
    named.basis,
    count(councils.gss_code) as councils,
from core.comparator_groups as named
left join core.comparators as comparators
    on
        named.comparator_group = comparators.comparator_group
        and comparators.gss_code = $council
left join core.councils as councils
    on comparators.comparator_gss_code = councils.gss_code and councils.valid_to is null
group by named.comparator_group, named.title, named.basis
order by named.comparator_group
