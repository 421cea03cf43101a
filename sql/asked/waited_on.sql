-- One row: Stage 2 complaints of one procedure of $council by whom they waited on longest.
select
    waiting.gss_code,
    waiting.procedure,
    waiting.stage,
    waiting.waiting_on,
    waiting.stages,
    waiting.open_stages,
    waiting.in_time,
    waiting.late,
    waiting.median_working_days,
    waiting.as_at,
from marts.waiting_on as waiting
where waiting.gss_code = $council and waiting.stage = '2'
order by waiting.procedure, waiting.waiting_on
