-- One row: one spelling that means one council, folded as names are looked up: lower case, "&" as "and", only letters, digits
-- and single spaces. A spelling that two councils share means neither, so it is left out: nothing is guessed from a name.
with spellings as (
    select
        gss_code,
        council_slug as spelling,
    from staging.councils
    union all
    select
        gss_code,
        official_name as spelling,
    from staging.councils
    union all
    select
        gss_code,
        nice_name as spelling,
    from staging.councils
    union all
    select
        gss_code,
        unnest(string_split(alternative_names, '|')) as spelling,
    from staging.councils
    union all
    select
        councils.gss_code,
        codes.gss_code as spelling,
    from staging.gss_codes as codes
    inner join staging.councils as councils
        on codes.council_slug = councils.council_slug
),

folded as (
    select distinct
        gss_code,
        trim(regexp_replace(replace(lower(spelling), '&', ' and '), '[^a-z0-9]+', ' ', 'g')) as folded_name,
    from spellings
)

select
    folded_name,
    any_value(gss_code) as gss_code,
from folded
where folded_name <> ''
group by folded_name
having count(distinct gss_code) = 1
