-- One row: one figure that was printed for all councils of England together, in one financial year.
-- Where sources differ the Ombudsman's and councils' own pages win over the press, then the figure given most often.
with printed as (
    select
        letters.period_start,
        letters.period_end,
        measures.measure,
        letters.value,
        count(*) as times,
        bool_or(letters.is_first_hand) as is_first_hand,
        arg_min(letters.source_url, (not letters.is_first_hand, letters.source_row)) as source_url,
    from staging.letters_and_press as letters
    inner join core.measure_names as names
        on
            names.source = 'letters_and_press'
            and letters.name = names.name
            and names.scope = 'all'
    inner join core.measures as measures
        using (measure)
    left join core.sources as sources
        on sources.source = 'letters_and_press'
    inner join core.as_at as as_at
        on coalesce(strptime(sources.gathered, '%Y-%m'), as_at.moment) <= as_at.moment
    where
        letters.body = 'national'
        and letters.period_start is not null
        and letters.value is not null
        and measures.unit <> 'count'
    group by letters.period_start, letters.period_end, measures.measure, letters.value
)

select
    measure,
    period_start,
    period_end,
    arg_min(value, (not is_first_hand, -times, value)) as value,
    count(*) > 1 as has_disagreement,
    arg_min(source_url, (not is_first_hand, -times, value)) as source_url,
from printed
group by measure, period_start, period_end
