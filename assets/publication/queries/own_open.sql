-- One row: the open complaints of $council of one procedure and stage in one age band, of all services together.
select
    open_cases.procedure,
    open_cases.stage,
    open_cases.age_band,
    sum(open_cases.open_stages) as open_stages,
    sum(open_cases.overdue) as overdue,
    min(open_cases.youngest_working_days) as youngest_working_days,
    max(open_cases.oldest_working_days) as oldest_working_days,
    max(open_cases.as_at) as as_at,
from marts.open_cases as open_cases
where open_cases.gss_code = $council
group by open_cases.procedure, open_cases.stage, open_cases.age_band
order by open_cases.procedure, open_cases.stage, youngest_working_days
