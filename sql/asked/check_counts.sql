-- One row: one layer's checks, counted by what came of them.
select
    split_part(relation, '.', 1) as layer,
    severity,
    count(*) as checks,
    count(*) filter (passed) as passed,
    coalesce(sum(excused_rows), 0) as excused_rows,
from quality.checks
group by layer, severity
-- in the order in which data passes through them
order by list_position(['raw', 'staging', 'core', 'marts', 'quality'], layer), severity
