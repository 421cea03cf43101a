-- One row: one English council of the register, living or abolished since 2018; in the example also its invented ones.
-- A blank `valid_from` means "before any year this project holds", not "unknown": the register leaves it out for councils
-- that were there when it starts.
select
    council_id as council_slug,
    council_id_basis as slug_basis,
    official_name,
    nice_name,
    alternative_names,
    gss_code,
    type as register_type,
    region,
    county as county_slug,
    combined_authority,
    cast(valid_from as date) as valid_from,
    cast(valid_to as date) as valid_to,
    replaced_by as successor_slugs,
    council_id_basis = 'invented' as is_invented,
from raw.councils
