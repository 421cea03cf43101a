-- One row: where $indicator of $council is going over its latest comparable years, and compared with $comparators.
select
    trends.years,
    trends.years_held,
    trends.trend,
    trends.p_value,
    trends.reason,
    beside.years as years_beside,
    beside.trend as trend_beside,
    beside.is_across_a_break,
    beside.reason as reason_beside,
from marts.trends as trends
left join marts.peer_trends as beside
    on
        trends.indicator = beside.indicator
        and trends.gss_code = beside.gss_code
        and beside.comparator_group = $comparators
where trends.indicator = $indicator and trends.gss_code = $council
