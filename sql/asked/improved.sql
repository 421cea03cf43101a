-- One row: one comparator of $council in the group $comparators whose distance from its own peers over the years was judged, on
-- one measure with a good direction, the one that improved most first.
select
    trends.indicator,
    trends.gss_code,
    trends.comparator_group,
    councils.nice_name,
    indicators.short_title,
    trends.years,
    trends.trend,
    if(indicators.polarity = 'higher', trends.slope, -trends.slope) as gain,
    trends.slope_error,
from marts.peer_trends as trends
inner join core.comparators as comparators
    on
        trends.gss_code = comparators.comparator_gss_code
        and comparators.gss_code = $council
        and comparators.comparator_group = $comparators
inner join core.councils as councils
    on trends.gss_code = councils.gss_code
inner join core.indicators as indicators
    using (indicator)
where
    trends.comparator_group = $comparators
    and trends.trend is not null
    and trends.slope is not null
    and indicators.polarity <> 'none'
order by
    trends.indicator asc,
    gain desc,
    trends.gss_code asc
