-- One row: one indicator of $council in one year beside one comparator group.
select
    comparisons.indicator,
    comparisons.gss_code,
    comparisons.period_start,
    comparisons.period_end,
    comparisons.comparator_group,
    comparisons.comparators,
    comparisons.comparators_with_data,
    comparisons.pooled_numerator,
    comparisons.pooled_denominator,
    comparisons.pooled_value,
    comparisons.median_value,
    comparisons.type_average,
    comparisons.england_average,
    comparisons.sample_mean,
    comparisons.is_fair_sample,
    comparisons.result,
    comparisons.result_reason,
from marts.comparisons as comparisons
where comparisons.gss_code = $council
order by all
