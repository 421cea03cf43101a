-- One row: one council that has a case register loaded.
-- Choice: the register is as at its latest extract, so a stage last delivered as open counts as open until that day.
with delivered as (
    select
        gss_code,
        count(*) as extracts,
    from staging.register_extracts
    where register_table = 'case_stages'
    group by gss_code
),

held as (
    select
        gss_code,
        any_value(as_at) as as_at,
        count(*) as case_stages,
        min(requested_date) as first_requested_date,
    from core.case_stages
    group by gss_code
)

select
    held.gss_code,
    held.as_at,
    delivered.extracts,
    held.case_stages,
    held.first_requested_date,
from held
inner join delivered on held.gss_code = delivered.gss_code
