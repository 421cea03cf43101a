-- One row: one figure in one row of one source, read as far as it can be: usable where `problem` is empty.
-- Every reason for setting a figure aside is decided here and nowhere else, so what is quarantined and what is used can
-- never overlap. Nothing is corrected: a figure that contradicts itself at one address is set aside on both sides.
with figures as (
    select
        'statistics_pages' as source,
        source_row,
        council_slug,
        council_name as body_name,
        period_start,
        period_end,
        measure as name,
        'all' as procedure,
        'all' as stage,
        cast(null as integer) as limit_days,
        as_printed,
        value,
        cast(null as bigint) as printed_base,
        source_url,
        'statistics page' as witness_kind,
        cast(null as varchar) as note,
        'figure ' || measure as locator,
    from staging.statistics_pages

    union all by name

    select
        'letters_and_press' as source,
        source_row,
        council_slug,
        body_name,
        period_start,
        period_end,
        name,
        'all' as procedure,
        'all' as stage,
        as_printed,
        value,
        printed_base,
        source_url,
        if(is_first_hand, 'letter or report', 'press') as witness_kind,
    from staging.letters_and_press
    where body = 'council'

    union all by name

    select
        source,
        source_row,
        council_slug,
        council_name as body_name,
        period_start,
        period_end,
        name,
        procedure,
        stage,
        limit_days,
        as_printed,
        value,
        printed_base,
        source_url,
        if(is_first_hand, 'letter or report', 'press') as witness_kind,
        note,
        locator,
    from staging.published_indicators
),

named as (
    select
        figures.*,
        names.scope,
        measures.measure,
        measures.unit,
        councils.gss_code,
    from figures
    left join core.measure_names as names
        on
            names.source
            = if(
                figures.source in ('own_indicators', 'peer_indicators'),
                'published_indicators',
                figures.source
            )
            and figures.name = names.name
    left join core.measures as measures
        on names.measure = measures.measure
    left join core.council_names as folded
        on trim(regexp_replace(lower(figures.council_slug), '[^a-z0-9]+', ' ', 'g')) = folded.folded_name
    left join core.councils as councils
        on folded.gss_code = councils.gss_code
),

compared as (
    select
        *,
        source_url is not null
        and count(distinct value) over (
            partition by
                gss_code,
                period_start,
                period_end,
                measure,
                procedure,
                stage,
                scope,
                coalesce(limit_days, 0),
                source_url
        ) > 1 as contradicts_itself,
    from named
)

select
    source,
    source_row,
    gss_code,
    body_name,
    period_start,
    period_end,
    name,
    measure,
    unit,
    procedure,
    stage,
    scope,
    limit_days,
    as_printed,
    value,
    printed_base,
    source_url,
    witness_kind,
    note,
    locator,
    case
        when gss_code is null then 'no code or name resolves the council'
        when measure is null then 'the source''s name for the figure is not in the register of measures'
        when value is null or not isfinite(value) then 'not a number'
        when unit = 'percent' and (value < 0 or value > 100) then 'a percentage outside 0 to 100'
        when unit = 'count' and (value < 0 or value <> floor(value)) then 'a count that is not a whole number'
        when period_start is null or period_end is null then 'no period is stated'
        when contradicts_itself then 'one address gives two values for one figure'
        when period_start > period_end then 'the period ends before it starts'
    end as problem,
from compared
