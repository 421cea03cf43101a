-- One row: one comparator group of $council, with how it is made and how many councils are in it.
select
    groups.comparator_group,
    groups.title,
    groups.basis,
    count(councils.gss_code) as councils,
from core.comparator_groups as groups
left join core.comparators as comparators
    on
        groups.comparator_group = comparators.comparator_group
        and comparators.gss_code = $council
left join core.councils as councils
    on comparators.comparator_gss_code = councils.gss_code and councils.valid_to is null
group by groups.comparator_group, groups.title, groups.basis
order by groups.comparator_group
