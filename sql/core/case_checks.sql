-- One row: one rule about the case relations that no single row can break, with how many rows break it.
-- Choice: Great Expectations judges this result; what one row can break is a rule of its own relation. Rows are told apart by
-- a hash of 64 bits: the same always share it, and of a million that differ two share it by chance once in some forty million
-- registers. Anything above 0 means that a model is wrong: bad rows were set aside when the register came in.
select
    'a requested day has a working-day number' as rule,
    count(*) as rows_checked,
    count(*) filter (where days.date is null) as rows_broken,
from core.case_stages as stages
left join core.working_days as days on stages.requested_date = days.date
union all
select
    'one clock of each complaint is the declared one' as rule,
    count(*) as rows_checked,
    count(*) - count(distinct hash(clocks.gss_code, results.case_reference, clocks.stage)) as rows_broken,
from core.case_results as results
inner join core.clocks as clocks on results.clock_number = clocks.clock_number
where results.is_declared
