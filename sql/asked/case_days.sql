-- One row: one Stage 2 complaint of $council that was completed in the three years before its latest extract, on the declared
-- clock, in the order of completion.
select
    clocks.gss_code,
    clocks.procedure,
    clocks.stage,
    clocks.completed_date,
    clocks.elapsed_working_days,
    clocks.completed_date > clocks.as_at - interval 1 year as is_of_last_year,
    clocks.as_at,
from core.case_clocks as clocks
where
    clocks.gss_code = $council
    and clocks.stage = '2'
    and clocks.is_declared
    and clocks.completed_date between clocks.as_at - interval 3 year and clocks.as_at
    and clocks.elapsed_working_days is not null
order by
    clocks.procedure asc,
    clocks.completed_date asc,
    clocks.elapsed_working_days asc
