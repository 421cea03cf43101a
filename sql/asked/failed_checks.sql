-- One row: one check that did not pass, or that passes only by its known exceptions.
select *,
from quality.checks
where not passed or excused_rows > 0
order by passed, relation, rule
