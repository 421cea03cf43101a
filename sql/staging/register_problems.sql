-- One row: one rule of one table that some rows of one extract broke.
-- Choice: counts only. What the bad cells held stays in the council's own report, because it could be anything.
select
    gss_code,
    extract_id,
    register_table,
    column_name,
    rule,
    severity,
    expected,
    count(*) as problems,
    min(cast(row_number as bigint)) as first_row_number,
from raw.register_problems
group by gss_code, extract_id, register_table, column_name, rule, severity, expected
