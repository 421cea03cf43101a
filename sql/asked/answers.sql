-- One row: one statement that answers one question about $council compared with $comparators, in the order of the panel pack.
select *,
from marts.answers
where
    gss_code = $council
    and comparator_group = $comparators
    and year = $year
order by section, place
