-- One row: one stage of one complaint under one reading of its clock and one allowance.
-- Choice: a view of what core.case_results and core.clocks hold, in which a clock is a number that is counted by.
select
    clocks.gss_code,
    results.case_reference,
    clocks.stage,
    clocks.procedure,
    clocks.service,
    clocks.clock_start,
    clocks.clock_end,
    clocks.allowance,
    results.is_declared,
    results.allowed_working_days,
    results.start_date,
    results.due_date,
    results.completed_date,
    results.withdrawn_date,
    results.elapsed_working_days,
    results.result,
    results.reason,
    clocks.as_at,
from core.case_results as results
inner join core.clocks as clocks on results.clock_number = clocks.clock_number
