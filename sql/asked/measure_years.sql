-- One row: one indicator of one council that has a plan, in one financial year with a count, and how far it lay from its peers.
-- Its peers are those of the Ombudsman's type, which every council has.
select
    figures.indicator as measure,
    figures.gss_code,
    figures.period_start,
    figures.period_end,
    figures.period_label,
    figures.numerator as cases,
    figures.denominator as of_cases,
    figures.value,
    figures.unit = 'percent' as is_share,
    cast(segments.segment as varchar) as series,
    distances.distance,
    distances.error,
from marts.indicator_values as figures
inner join core.segments as segments
    using (indicator, period_start, period_end)
left join marts.peer_distances as distances
    on
        figures.indicator = distances.indicator
        and figures.gss_code = distances.gss_code
        and figures.period_start = distances.period_start
        and figures.period_end = distances.period_end
        and distances.comparator_group = 'lgsco_type'
where
    figures.value is not null
    and figures.gss_code in (select plans.gss_code, from marts.plans as plans)
order by figures.gss_code, figures.indicator, figures.period_start
