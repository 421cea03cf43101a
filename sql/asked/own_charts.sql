-- One row: one month of one control chart of $council, of its last 24 whole months.
select
    charts.procedure,
    charts.stage,
    charts.measure,
    charts.month_start,
    charts.chart,
    charts.cases,
    charts.of_cases,
    charts.of_cases - charts.cases as others,
    date_trunc('quarter', charts.month_start) as quarter_start,
    date_trunc('quarter', charts.month_start) + interval 3 month <= charts.as_at + interval 1 day
    and date_trunc('quarter', charts.month_start)
    > max(charts.month_start) over () - interval 24 month as is_whole_quarter,
    charts.value,
    charts.centre,
    charts.lower_limit,
    charts.upper_limit,
    charts.is_signal,
    charts.signal,
    charts.is_trial,
    charts.rebased_because,
    charts.as_at,
from marts.stage_control_charts as charts
where charts.gss_code = $council and last_day(charts.month_start) <= charts.as_at
qualify
    charts.month_start > max(charts.month_start) over () - interval 24 month
order by
    charts.measure asc,
    charts.procedure asc,
    charts.stage asc,
    charts.month_start asc
