-- One row: Stage 2 complaints of one procedure of $council by whom they waited on longest.
select waiting.*,
from marts.waiting_on as waiting
where waiting.gss_code = $council and waiting.stage = '2'
order by waiting.procedure, waiting.waiting_on
