-- One row: one living council with its latest uphold rate and how many of the Ombudsman's measures have a figure of it.
with counted as (
    select
        latest.gss_code,
        count(*) as measures,
        max(latest.period_label) as newest,
    from marts.latest_years as latest
    inner join core.indicators as indicators
        on
            latest.indicator = indicators.indicator
            and indicators.family = 'ombudsman'
    group by latest.gss_code
)

select
    councils.gss_code,
    councils.council_slug,
    councils.nice_name,
    councils.lgsco_type,
    councils.region,
    coalesce(counted.measures, 0) as measures,
    counted.newest,
    figures.period_label,
    figures.numerator,
    figures.denominator,
    figures.value,
    figures.printed_text,
    figures.unit,
    figures.printed_average,
from core.councils as councils
left join counted on councils.gss_code = counted.gss_code
left join marts.latest_years as latest
    on
        councils.gss_code = latest.gss_code
        and latest.indicator = 'uphold_rate'
left join marts.indicator_values as figures
    on
        latest.indicator = figures.indicator
        and latest.gss_code = figures.gss_code
        and latest.period_start = figures.period_start
        and latest.period_end = figures.period_end
where councils.valid_to is null
order by councils.nice_name, councils.gss_code
