-- One row: one council that has a case register loaded.
-- Choice: the register is as at its latest extract, so a stage last delivered as open counts as open until that day.
with latest as (
    select
        gss_code,
        max(as_at) as as_at,
        count(*) as extracts,
    from staging.register_extracts
    where register_table = 'case_stages'
    group by gss_code
),

held as (
    select
        gss_code,
        count(*) as case_stages,
        min(requested_date) as first_requested_date,
        count(*) filter (where closed_date is null) as open_case_stages,
    from staging.register_case_stages
    group by gss_code
)

select
    held.gss_code,
    latest.as_at,
    latest.extracts,
    held.case_stages,
    held.open_case_stages,
    held.first_requested_date,
from held
inner join latest on held.gss_code = latest.gss_code
