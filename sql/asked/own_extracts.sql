-- One row: one loaded extract of $council's own cases, the newest first: how many of its rows were read, taken and set aside,
-- and the rules that those set aside broke.
with broken as (
    select
        extract_id,
        register_table,
        list(distinct rule order by rule) as rules,
    from staging.register_problems
    where gss_code = $council and severity = 'block'
    group by extract_id, register_table
)

select
    extracts.register_table,
    extracts.as_at,
    extracts.rows_read,
    extracts.rows_accepted,
    extracts.rows_quarantined,
    coalesce(broken.rules, []) as rules,
from staging.register_extracts as extracts
left join broken
    using (extract_id, register_table)
where extracts.gss_code = $council and extracts.register_table <> 'peer_return'
order by extracts.as_at desc, extracts.register_table asc, extracts.extract_id asc
limit 12
