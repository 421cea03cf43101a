-- One row: one figure in one row of one source, read as far as it can be: usable where `problem` is empty.
-- Every reason for setting a figure aside is decided here and nowhere else, so what is quarantined and what is used can
-- never overlap. Nothing is corrected: a figure that contradicts itself at one address is set aside on both sides.
-- Kept apart is what is right and of another kind: up to 2011-12 the Ombudsman counted in other categories.
with figures as (
    select
        'statistics_pages' as source,
        source_row,
        council_slug,
        council_name as body_name,
        period_start,
        period_end,
        measure as name,
        as_printed,
        value,
        source_url,
        'statistics page' as witness_kind,
        'figure ' || measure as locator,
        'lgo.org.uk/your-councils-performance/' || council_slug || '/statistics' as address,
    from staging.statistics_pages

    union all by name

    select
        'captured_pages' as source,
        source_row,
        council_slug,
        coalesce(council_name, council_slug) as body_name,
        period_start,
        period_end,
        measure as name,
        as_printed,
        value,
        source_url,
        'statistics page' as witness_kind,
        locator,
        captured_at,
        capture_sha256,
        'lgo.org.uk/your-councils-performance/' || council_slug || '/statistics' as address,
    from staging.captured_pages

    union all by name

    select
        'captured_tables' as source,
        source_row,
        authority as council_slug,
        authority as body_name,
        period_start,
        period_end,
        measure as name,
        as_printed,
        value,
        source_url,
        'annual table' as witness_kind,
        note,
        locator,
        captured_at,
        capture_sha256,
    from staging.captured_tables
    where is_council

    union all by name

    select
        'letters_and_press' as source,
        source_row,
        council_slug,
        body_name,
        period_start,
        period_end,
        name,
        as_printed,
        value,
        printed_base,
        source_url,
        if(is_first_hand, 'letter or report', 'press') as witness_kind,
        note,
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

spellings as (
    select council_slug as spelling,
    from figures
    union
    select body_name as spelling,
    from figures
),

-- a short name such as "Windsor" is enough for a person who chooses a council, and not for a document
known_names as (
    select
        spellings.spelling,
        names.gss_code,
        names.former_gss_code,
        names.former_last_day,
    from spellings
    inner join core.council_names as names
        on fold_name(spellings.spelling) = names.folded_name
    where not names.is_short
),

named as (
    select
        figures.* exclude (captured_at, address) replace (
            coalesce(figures.procedure, 'all') as procedure, coalesce(figures.stage, 'all') as stage
        ),
        coalesce(
            figures.address,
            figures.source_url,
            'no address: ' || figures.source || ' row ' || figures.source_row
        )
            as address,
        -- what ships was read in the month in which it was gathered
        coalesce(figures.captured_at, strptime(sources.gathered, '%Y-%m')) as captured_at,
        names.scope,
        measures.measure,
        measures.unit,
        measures.family,
        if(figures.period_end <= by_slug.former_last_day, by_slug.former_gss_code, by_slug.gss_code)
            as code_of_slug,
        if(figures.period_end <= by_name.former_last_day, by_name.former_gss_code, by_name.gss_code)
            as code_of_name,
        coalesce(code_of_slug, code_of_name) as gss_code,
        -- a page may stand at another council's address, after a redirect or a slip of whoever saved it
        coalesce(code_of_slug <> code_of_name, false) as names_another_council,
    from figures
    left join core.sources as sources
        using (source)
    left join core.measure_names as names
        on
            names.source
            = case
                when figures.source in ('own_indicators', 'peer_indicators') then 'published_indicators'
                when figures.source in ('captured_pages') then 'statistics_pages'
                else figures.source
            end
            and figures.name = names.name
    left join core.measures as measures
        using (measure)
    left join known_names as by_slug
        on figures.council_slug = by_slug.spelling
    left join known_names as by_name
        on figures.body_name = by_name.spelling
    inner join core.as_at as as_at
        on coalesce(figures.captured_at, strptime(sources.gathered, '%Y-%m'), as_at.moment) <= as_at.moment
),

compared as (
    select
        *,
        source_url is not null
        and count(distinct value) over (
            partition by
                gss_code, period_start, period_end, measure, procedure, stage, scope, coalesce(limit_days, 0),
                source_url, capture_sha256
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
    address,
    captured_at,
    capture_sha256,
    case
        when gss_code is null then 'no code or name resolves the council'
        when names_another_council then 'the source names another council'
        when measure is null then 'the source''s name for the figure is not in the register of measures'
        when value is null or not isfinite(value) then 'not a number'
        when unit = 'percent' and (value < 0 or value > 100) then 'a percentage outside 0 to 100'
        when unit = 'count' and (value < 0 or value <> floor(value)) then 'a count that is not a whole number'
        when period_start is null or period_end is null then 'no period is stated'
        when contradicts_itself then 'one address gives two values for one figure'
        when period_start > period_end then 'the period ends before it starts'
    end as problem,
    case
        when family = 'ombudsman' and period_end < date '2012-04-01'
            then 'from before 2012-13, when the Ombudsman counted in other categories'
    end as kept_apart,
from compared
