-- One row: where one indicator of one council is going over its latest comparable years, and compared with one comparator group.
select
    trends.indicator,
    trends.gss_code,
    beside.comparator_group,
    trends.years,
    trends.trend,
    trends.p_value,
    trends.reason,
    beside.years as years_beside,
    beside.trend as trend_beside,
    beside.is_across_a_break,
    beside.reason as reason_beside,
from marts.trends as trends
left join marts.peer_trends as beside
    using (indicator, gss_code)
