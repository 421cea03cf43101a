-- One row: one council that took over from one abolished council.
with successions as (
    select
        gss_code,
        valid_to,
        unnest(string_split(successor_slugs, '|')) as successor_slug,
    from staging.councils
    where successor_slugs is not null
)

select
    successions.gss_code,
    successors.gss_code as successor_gss_code,
    successions.valid_to as last_day,
from successions
inner join staging.councils as successors
    on successions.successor_slug = successors.council_slug
