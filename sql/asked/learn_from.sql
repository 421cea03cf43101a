-- One row: one council of one comparator group that is likely better than $council on one indicator in one year, and
-- one practice that it publishes, if any.
select *,
from published.learn_from
where gss_code = $council
order by
    comparator_group asc,
    indicator asc,
    period_start asc,
    learn_order asc,
    source_row asc
