-- One row: one council that another is compared with in one group, or one group that a council is in alone.
-- How alike they are is the place in the group's own order, or else among the ONS's nearest neighbours.
with groups_of_a_council as (
    select
        comparator_group,
        gss_code,
    from core.comparators

    union

    -- a type and a region exist for every council, though nobody else be in it
    select
        groups.comparator_group,
        councils.gss_code,
    from core.comparator_groups as groups
    cross join core.councils as councils
    where groups.method is null
)

select
    own.comparator_group,
    own.gss_code,
    members.comparator_gss_code,
    coalesce(members.place, likeness.place) as likeness,
from groups_of_a_council as own
left join core.comparators as members
    using (comparator_group, gss_code)
left join core.comparators as likeness
    on
        likeness.comparator_group = 'ons_neighbours'
        and members.gss_code = likeness.gss_code
        and members.comparator_gss_code = likeness.comparator_gss_code
order by own.comparator_group, own.gss_code, members.comparator_gss_code
