-- One row: one entry of the corrections file, and whether it is needed. An entry that clears no doubt is to be taken out or mended:
-- it holds for one value alone, so a figure that has changed since is doubted again.
with entries as (
    select
        vouched.*,
        names.gss_code,
    from staging.vouched_figures as vouched
    left join core.council_names as names
        on fold_name(vouched.council_slug) = names.folded_name
)

select
    entries.source_row,
    entries.council_slug as council,
    entries.gss_code,
    entries.period_start,
    entries.period_end,
    entries.measure,
    entries.value,
    string_agg(distinct figures.as_printed, ' or ' order by figures.as_printed) as value_now,
    any_value(doubts.reason) as doubt,
    entries.reason,
    entries.author_role,
    case
        when entries.gss_code is null then 'no council has that name'
        when count(figures.value) = 0 then 'there is no such figure'
        when count(*) filter (figures.value = entries.value) = 0 then 'the figure is another'
        when count(doubts.reason) = 0 then 'no longer needed'
        else 'needed'
    end as state,
from entries
left join core.document_figures as figures
    using (gss_code, period_start, period_end, measure)
left join core.doubts as doubts
    on
        figures.gss_code = doubts.gss_code
        and figures.period_start = doubts.period_start
        and figures.period_end = doubts.period_end
        and figures.measure = doubts.measure
        and figures.procedure = doubts.procedure
        and figures.stage = doubts.stage
        and figures.scope = doubts.scope
        and figures.limit_days = doubts.limit_days
        and figures.address = doubts.address
        and figures.version = doubts.version
        and entries.value = doubts.value
        and doubts.is_vouched
group by
    entries.source_row,
    entries.council_slug,
    entries.gss_code,
    entries.period_start,
    entries.period_end,
    entries.measure,
    entries.value,
    entries.reason,
    entries.author_role
