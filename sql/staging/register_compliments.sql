-- One row: one anonymised compliment that someone has checked.
select
    gss_code,
    cast(received_date as date) as received_date,
    service,
    extract,
    checked_by_role,
    extract_id,
from raw.register_compliments
qualify row_number() over (
    partition by gss_code, extract
    order by as_at desc, delivered_at desc, extract_id desc
) = 1
