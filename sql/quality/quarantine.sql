-- One row: one figure that was read from a source and set aside, or one thing in a capture that was not understood, with the
-- reason and what to do. The newest version of a page is what counts, but whatever any version said stays listed.
with set_aside as (
    select
        source,
        source_row,
        body_name,
        name,
        as_printed,
        problem,
        source_url,
        note,
        problem as kind,
    from core.readings
    where problem is not null

    union all by name

    select
        'captured_quarantine' as source,
        source_row,
        address as body_name,
        reason as name,
        text as as_printed,
        'not understood: ' || reason as problem,
        address as source_url,
        split_part(reason, ':', 1) as kind,
    from raw.captured_quarantine
)

select
    * exclude (kind),
    case
        when kind = 'no code or name resolves the council'
            then 'Correct the name in the file, or add it to data/reference/councils.csv.'
        when kind = 'the source names another council' then 'Check the address, and ask the Ombudsman.'
        when kind = 'the source''s name for the figure is not in the register of measures'
            then 'Give it a measure in the list of names in data/reference: CONTRIBUTING.md shows how.'
        when kind in ('not a number', 'a percentage outside 0 to 100', 'a count that is not a whole number')
            then 'Compare the file with its source and correct the slip.'
        when kind = 'no period is stated' then 'Find the period in the source, and add it to the file.'
        when kind = 'one address gives two values for one figure'
            then 'Open the address and keep the value that it states.'
        when kind = 'the period ends before it starts' then 'Correct the dates in the file.'
        when kind in ('unread column', 'missing column')
            then 'Accept the heading with: benchmark accept-heading.'
        when kind in ('unread sentence', 'unread figure')
            then 'Add the sentence to source.yml, as docs/ombudsman.md shows.'
        when kind in ('figure of others', 'hidden figure') then 'Nothing, unless the page says otherwise.'
        when kind like 'figures disagree%' or kind like 'conflicting%'
            then 'Look at the page, and ask the Ombudsman.'
        when kind in ('unread table', 'unreadable page', 'unreadable capture', 'empty page', 'missing block')
            then 'Fetch or save it again, and import it.'
        else 'Look at the saved page. docs/ombudsman.md says what the reason means.'
    end as what_to_do,
from set_aside
