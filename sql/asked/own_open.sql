-- One row: the open complaints of $council of one procedure and stage in one age band, of all services together.
select
    open_cases.procedure,
    open_cases.stage,
    open_cases.age_band,
    open_cases.open_stages,
    open_cases.overdue,
    open_cases.youngest_working_days,
    open_cases.as_at,
from marts.open_cases as open_cases
where open_cases.gss_code = $council and open_cases.service = 'all'
order by open_cases.procedure, open_cases.stage, open_cases.youngest_working_days
