-- One row: one ONS code, old or in force, and the council that it means.
select
    codes.gss_code as any_gss_code,
    councils.gss_code,
from staging.gss_codes as codes
inner join staging.councils as councils
    using (council_slug)
