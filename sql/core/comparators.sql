-- One row: one council that another is compared with in one group. Nobody is compared with itself.
-- All groups but the DfE's keep to the council's own type, because the Ombudsman's averages differ by type; the DfE's are the
-- neighbours that children's services know, and the subject's own list is its own choice, so both stand as given. Whether both lived in a year is decided there.
with neighbours as (
    select
        groups.comparator_group,
        subjects.gss_code,
        comparators.gss_code as comparator_gss_code,
        neighbours.england_rank as place,
        neighbours.distance,
        subjects.lgsco_type = comparators.lgsco_type as is_same_type,
    from staging.neighbours as neighbours
    inner join core.comparator_groups as groups
        using (method)
    inner join core.gss_codes as subject_codes
        on neighbours.gss_code = subject_codes.any_gss_code
    inner join core.gss_codes as comparator_codes
        on neighbours.neighbour_gss_code = comparator_codes.any_gss_code
    inner join core.councils as subjects
        on subject_codes.gss_code = subjects.gss_code
    inner join core.councils as comparators
        on comparator_codes.gss_code = comparators.gss_code
),

same_type as (
    select
        subjects.gss_code,
        comparators.gss_code as comparator_gss_code,
        coalesce(subjects.region = comparators.region, false) as is_same_region,
    from core.councils as subjects
    inner join core.councils as comparators
        on
            subjects.lgsco_type = comparators.lgsco_type
            and subjects.gss_code <> comparators.gss_code
            and subjects.is_invented = comparators.is_invented
)

select
    comparator_group,
    gss_code,
    comparator_gss_code,
    place,
    distance,
from neighbours
where (is_same_type or comparator_group = 'dfe_neighbours') and gss_code <> comparator_gss_code

union all by name

select
    'lgsco_type' as comparator_group,
    gss_code,
    comparator_gss_code,
from same_type

union all by name

select
    'region' as comparator_group,
    gss_code,
    comparator_gss_code,
from same_type
where is_same_region

union all by name

select
    'own_list' as comparator_group,
    gss_code,
    comparator_gss_code,
from raw.own_comparators
where gss_code <> comparator_gss_code
