-- One row: one published practice of a council of one comparator group, and whether that council is credibly better than
-- $council on anything.
select
    standing.source_row,
    standing.comparator_group,
    standing.standing,
    standing.better_on,
from marts.practice_standing as standing
where standing.gss_code = $council
order by standing.source_row, standing.comparator_group
