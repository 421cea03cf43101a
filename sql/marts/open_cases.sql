-- One row: the open complaints of one procedure, stage, service and age band on the day of the council's latest extract.
-- Choice: age runs from the start of the declared clock; a stage whose clock has not started is counted, in its own band.
with open_stages as (
    select
        gss_code,
        procedure,
        stage,
        unnest([service, 'all']) as service,
        as_at,
        result,
        elapsed_working_days,
        case
            when elapsed_working_days is null then 'not started'
            when elapsed_working_days <= 10 then '0 to 10'
            when elapsed_working_days <= 25 then '11 to 25'
            when elapsed_working_days <= 65 then '26 to 65'
            when elapsed_working_days <= 130 then '66 to 130'
            else 'over 130'
        end as age_band,
    from core.case_clocks
    where
        is_declared
        and result in ('overdue', 'not_yet_due', 'open', 'not_started')
)

select
    gss_code,
    procedure,
    stage,
    service,
    age_band,
    count(*) as open_stages,
    count(*) filter (where result = 'overdue') as overdue,
    min(elapsed_working_days) as youngest_working_days,
    any_value(as_at) as as_at,
from open_stages
group by all
