-- One row: one row of a shipped file of figures, practices or decisions, and what happened to it: used, kept apart or set aside.
-- Choice: a row with several figures, such as a statistics page, is used where any of them is; the figures of it that are not stand
-- in quality.quarantine with their reasons.
with rows_of_files as (
    select
        'statistics_pages' as source,
        source_row,
        council_name as body_name,
    from raw.statistics_pages

    union all by name

    select
        'letters_and_press' as source,
        source_row,
        council_name as body_name,
        -- an average of councils is no council's figure
        if(body <> 'council', 'about a region, a type of council or the nation', null) as about_others,
    from raw.letters_and_press

    union all by name

    select
        'own_indicators' as source,
        source_row,
        council_name as body_name,
    from raw.own_indicators

    union all by name

    select
        'peer_indicators' as source,
        source_row,
        council_name as body_name,
    from raw.peer_indicators
),

figures as (
    select
        source,
        source_row,
        count(*) filter (problem is null and kept_apart is null) as used,
        min(kept_apart) filter (problem is null) as kept_apart,
        min(problem) as problem,
    from core.readings
    group by source, source_row
),

fates as (
    select
        files.source,
        files.source_row,
        files.body_name,
        case
            when figures.used > 0 then 'used'
            when coalesce(files.about_others, figures.kept_apart) is not null then 'kept apart'
            else 'set aside'
        end as fate,
        case
            when figures.used > 0 then null
            else
                coalesce(
                    files.about_others,
                    figures.kept_apart,
                    figures.problem,
                    'the row has no figure that can be read'
                )
        end as reason,
    from rows_of_files as files
    left join figures
        using (source, source_row)
)

select *, from fates

union all by name

select
    'practices' as source,
    source_row,
    body_name,
    if(gss_code is null, 'kept apart', 'used') as fate,
    if(gss_code is null, 'no code or name resolves the council: listed, and compared with none', null)
        as reason,
from marts.practices

union all by name

select
    'stage2_decisions' as source,
    source_row,
    body_name,
    if(gss_code is null, 'set aside', 'used') as fate,
    if(gss_code is null, 'no code or name resolves the council', null) as reason,
from marts.stage2_decisions
where source_row is not null
