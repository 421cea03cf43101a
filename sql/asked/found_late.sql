-- One row: one published decision that found Stage 2 late at one of the comparators of $council in the group $comparators.
select
    decisions.gss_code,
    councils.nice_name,
    decisions.year_of_decision_or_case,
    decisions.promised,
    decisions.source_url,
from marts.stage2_decisions as decisions
inner join core.councils as councils
    using (gss_code)
inner join core.comparators as comparators
    on
        decisions.gss_code = comparators.comparator_gss_code
        and comparators.gss_code = $council
        and comparators.comparator_group = $comparators
where decisions.is_stage2_late and councils.valid_to is null
order by
    decisions.year_of_decision_or_case asc,
    decisions.source_url asc
