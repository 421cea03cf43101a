-- One row: one rule that rows of a council's latest extract of one table broke; one row with no rule where none did.
with latest as (
    select *,
    from staging.register_extracts
    qualify row_number() over (
        partition by gss_code, register_table
        order by as_at desc, delivered_at desc, extract_id desc
    ) = 1
)

select
    latest.gss_code,
    latest.register_table,
    latest.extract_id,
    latest.as_at,
    latest.source_name,
    latest.rows_read,
    latest.rows_accepted,
    latest.rows_quarantined,
    coalesce(problems.rule, 'none broken') as rule,
    coalesce(problems.column_name, '') as column_name,
    problems.severity,
    coalesce(problems.expected, '') as expected,
    coalesce(problems.problems, 0) as problems,
    problems.first_row_number,
from latest
left join staging.register_problems as problems
    using (gss_code, extract_id, register_table)
