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
    figures.numerator,
    figures.numerator_basis,
    figures.denominator,
    figures.value,
    figures.lower_95,
    figures.upper_95,
    figures.printed_text,
    figures.is_small_base,
    figures.missing_reason,
    figures.period_label,
    figures.has_disagreement,
    figures.source_url,
    figures.note,
from members
inner join core.councils as councils
    on members.gss_code = councils.gss_code
inner join marts.indicator_values as figures
    on
        members.gss_code = figures.gss_code
        and figures.indicator = $indicator
        and figures.period_start = $period_start
        and figures.period_end = $period_end
        and not figures.is_after_abolition
where
    (councils.valid_from is null or councils.valid_from <= $period_start)
    and (councils.valid_to is null or councils.valid_to >= $period_end)
order by figures.value is null, figures.value, councils.nice_name
