-- One row: one ONS code that names a council now or did before.
select
    gss_code,
    council_id as council_slug,
    current_gss_code,
    is_current_code = '1' as is_current_code,
    basis,
from raw.gss_codes
