-- One row: one English council of the register, living or abolished since 2018, and while the example is made its invented one.
-- A blank `valid_from` means "before any year this project holds", not "unknown": the register leaves it out for councils
-- that were there when it starts.
with listed as (
    select
        *,
        false as is_invented,
    from raw.councils

    union all by name

    select
        *,
        true as is_invented,
    from raw.invented_councils
)

select
    council_id as council_slug,
    coalesce(council_id_basis, 'invented') as slug_basis,
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
    is_invented,
from listed
