-- One row: one control chart of $council as a whole: its months, its centre line, and how many of the last twelve months are marked.
select
    charts.procedure,
    charts.stage,
    charts.measure,
    count(*) as months,
    sum(charts.cases) as cases,
    sum(charts.of_cases) as of_cases,
    arg_max(charts.centre, charts.month_start) as centre,
    bool_or(charts.is_trial) as is_trial,
    count(*) filter (
        charts.is_signal and charts.month_start > charts.as_at - interval 12 month
    ) as marked,
    max(charts.as_at) as as_at,
from marts.stage_control_charts as charts
where charts.gss_code = $council and last_day(charts.month_start) <= charts.as_at
group by charts.procedure, charts.stage, charts.measure
order by charts.measure, charts.procedure, charts.stage
