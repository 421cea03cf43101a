-- One row: one anonymised compliment that may be shown, with who checked it.
select
    gss_code,
    received_date,
    service,
    extract,
    checked_by_role,
from staging.register_compliments
