-- One row: one rule about every row of the case relations, with how many rows break it.
-- Choice: these rules run in SQL, where a million rows cost a fraction of a second, and Great Expectations then judges
-- this result. Rows are told apart by a hash of 64 bits: the same always share it, and of a million that differ two share
-- it by chance once in some forty million registers. Anything above 0 means that a model is wrong: bad rows were set
-- aside when the register came in.
with results as (
    select
        'a case stage stands once' as rule,
        count(*) as rows_checked,
        count(*) - count(distinct hash(gss_code, case_reference, stage)) as rows_broken,
    from core.case_stages
    union all
    select
        'a stage closes on or after its request' as rule,
        count(*) as rows_checked,
        count(*) filter (where closed_date < requested_date) as rows_broken,
    from core.case_stages
    union all
    select
        'no stage was requested or closed after the extract' as rule,
        count(*) as rows_checked,
        count(*) filter (where requested_date > as_at or closed_date > as_at) as rows_broken,
    from core.case_stages
    union all
    select
        'a requested day has a working-day number' as rule,
        count(*) as rows_checked,
        count(*) filter (where days.date is null) as rows_broken,
    from core.case_stages as stages
    left join core.working_days as days on stages.requested_date = days.date
    union all
    select
        'a clock has one row for each stage, reading and allowance' as rule,
        count(*) as rows_checked,
        count(*) - count(distinct hash(clocks.reading_number, results.case_reference)) as rows_broken,
    from core.case_results as results
    inner join core.clocks as clocks on results.clock_number = clocks.clock_number
    union all
    select
        'a stage is in time only if it was completed by its limit' as rule,
        count(*) as rows_checked,
        count(*) filter (
            where (result = 'in_time')
            <> coalesce(completed_date <= due_date and result <> 'not_recorded', false)
        ) as rows_broken,
    from core.case_results
    union all
    select
        'one clock of each complaint is the declared one' as rule,
        count(*) as rows_checked,
        count(*) - count(distinct hash(clocks.gss_code, results.case_reference, clocks.stage)) as rows_broken,
    from core.case_results as results
    inner join core.clocks as clocks on results.clock_number = clocks.clock_number
    where results.is_declared
)

select
    rule,
    rows_checked,
    rows_broken,
from results
