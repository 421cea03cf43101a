-- One row: one council of the comparator group of $council, or the council itself, for $indicator in one period.
with members as (
    select
        $council as gss_code,
        true as is_subject,

    union all

    select
        comparator_gss_code as gss_code,
        false as is_subject,
    from core.comparators
    where gss_code = $council and comparator_group = $comparators
)

select
    councils.nice_name,
    members.is_subject,
    values.numerator,
    values.numerator_basis,
    values.denominator,
    values.value,
    values.lower_95,
    values.upper_95,
    values.printed_text,
    values.is_small_base,
    values.missing_reason,
    values.period_label,
    values.has_disagreement,
    values.source_url,
    values.note,
from members
inner join core.councils as councils
    on members.gss_code = councils.gss_code
inner join marts.indicator_values as values
    on
        members.gss_code = values.gss_code
        and values.indicator = $indicator
        and values.period_start = $period_start
        and values.period_end = $period_end
        and not values.is_after_abolition
where
    (councils.valid_from is null or councils.valid_from <= $period_start)
    and (councils.valid_to is null or councils.valid_to >= $period_end)
order by values.value is null, values.value, councils.nice_name
