-- One row: one English council, living or abolished since 2018, by its ONS code in force (or its last).
-- The Ombudsman compares five types; the Isles of Scilly count as a unitary and the City of London as a London borough,
-- although its few cases say little.
select
    councils.gss_code,
    councils.council_slug,
    councils.official_name,
    councils.nice_name,
    case councils.register_type
        when 'county' then 'county'
        when 'unitary' then 'unitary'
        when 'metropolitan borough' then 'metropolitan'
        when 'london borough' then 'london_borough'
        when 'city of london' then 'london_borough'
        when 'non-metropolitan district' then 'district'
    end as lgsco_type,
    councils.register_type <> 'non-metropolitan district' as is_upper_tier,
    councils.region,
    councils.valid_from,
    councils.valid_to,
    councils.is_invented,
from staging.councils as councils
