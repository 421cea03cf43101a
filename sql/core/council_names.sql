-- One row: one spelling that means one council, folded by `fold_name`: small letters, digits and single spaces, without
-- apostrophes, note marks, "and" and "the".
-- Choice: what the register says is certain, and forms of it with the words that councils of the type put around their names
-- count only where no council is so called. A council of today comes before an abolished one of the same name, which keeps
-- its figures to its last day. A spelling that could mean two councils of today means neither: nothing is guessed from a name.
with alternatives as (
    select
        gss_code,
        trim(unnest(string_split(alternative_names, '|'))) as spelling,
    from staging.councils
),

-- the register also lists the pieces between the commas of some names, such as "County of"
pieces as (
    select
        gss_code,
        fold_name(unnest(string_split(spelling, ','))) as folded_name,
    from alternatives
    where contains(spelling, ',')

    union all

    select
        gss_code,
        fold_name(unnest(string_split(nice_name, ','))) as folded_name,
    from staging.councils
    where contains(nice_name, ',')
),

registered as (
    select
        gss_code,
        unnest([council_slug, official_name, nice_name, gss_code]) as spelling,
    from staging.councils

    union all

    select alternatives.*,
    from alternatives
    anti join pieces
        on alternatives.gss_code = pieces.gss_code and fold_name(alternatives.spelling) = pieces.folded_name

    union all

    select
        councils.gss_code,
        codes.gss_code as spelling,
    from staging.gss_codes as codes
    inner join staging.councils as councils
        using (council_slug)
),

-- a council's name without the words around it; "Windsor" of "Windsor and Maidenhead" is its short name
bare as (
    select
        gss_code,
        2 as certainty,
        regexp_replace(
            regexp_replace(
                fold_name(spelling),
                '^(((london|royal|metropolitan) )?borough|borough council|city|council) of ',
                ''
            ),
            '( (metropolitan|london|county|city|borough|boro|district|unitary|authority|council|ua|mdc))+$',
            ''
        ) as bare_name,
    from registered

    union all

    select
        gss_code,
        3 as certainty,
        fold_name(
            regexp_extract(nice_name, '^(.+?)(,| and | & |[ -](upon|on|under|in|with)[ -])', 1)
        ) as bare_name,
    from staging.councils
),

kinds as (
    select
        gss_code,
        case
            when register_type = 'county' or fold_name(official_name) like '% county council' then 'county'
            when
                register_type = 'non-metropolitan district'
                and not regexp_matches(
                    fold_name(official_name || ' ' || coalesce(alternative_names, '')), '\bcity\b'
                )
                then 'district'
            when register_type = 'non-metropolitan district' then 'city district'
            else register_type
        end as kind,
    from staging.councils
    where register_type <> 'city of london'
),

-- the ways to say it, by kind; "#" stands for the name
ways as (
    select
        unnest(listed.kinds) as kind,
        listed.forms,
    from (
        values
        (
            ['county', 'london borough', 'metropolitan borough', 'unitary', 'city district', 'district'],
            ['#', '# council']
        ),
        (['county'], ['# county council', '# county', 'county of #', '# cc']),
        (
            ['london borough'],
            [
                'london borough of #', 'london borough #', '# london borough', '# london borough council',
                'london borough of # council', 'royal borough of #', 'lb of #', 'lb #', '# lb',
                'rb of #', 'rb #', '# rb', '# lbc', '# london borough of', '# royal borough of'
            ]
        ),
        (
            ['london borough', 'metropolitan borough', 'unitary', 'city district'],
            ['# city council', 'city of # council', 'city of #', '# city', '# cc']
        ),
        (
            ['london borough', 'metropolitan borough', 'unitary', 'city district', 'district'],
            ['# borough council', 'borough council of #', 'borough of #', '# borough', '# bc']
        ),
        (
            ['metropolitan borough', 'unitary', 'city district', 'district'],
            ['# district council', 'district of #', '# district', '# dc']
        ),
        (
            ['metropolitan borough'],
            [
                '# metropolitan borough council', 'metropolitan borough of #', '# metropolitan borough',
                '# metropolitan district council', '# metropolitan district', '# metropolitan council',
                'city of # mdc', '# mbc', '# mdc', '# mb'
            ]
        ),
        (['unitary'], ['# unitary authority', '# unitary', '# ua'])
    ) as listed (kinds, forms)
),

forms as (
    select
        kind,
        unnest(forms) as form,
    from ways
),

claims as (
    select
        gss_code,
        1 as certainty,
        fold_name(spelling) as folded_name,
    from registered

    union

    select
        bare.gss_code,
        bare.certainty,
        replace(forms.form, '#', bare.bare_name) as folded_name,
    from bare
    inner join kinds
        using (gss_code)
    inner join forms
        using (kind)
    where bare.bare_name <> ''
),

certain as (
    select
        claims.*,
        councils.valid_to,
        claims.certainty = min(claims.certainty) over (partition by claims.folded_name) as is_best,
    from claims
    inner join staging.councils as councils
        using (gss_code)
    where claims.folded_name <> ''
),

meant as (
    select
        folded_name,
        min(certainty) as certainty,
        -- where nobody is called so, another council that the form could stand for counts too
        list(distinct gss_code order by gss_code) filter (
            valid_to is null and (is_best or certainty > 1)
        ) as living,
        list(distinct gss_code order by gss_code) filter (valid_to is null and is_best) as living_best,
        list(distinct gss_code order by gss_code) filter (valid_to is not null and is_best) as abolished,
        max(valid_to) filter (is_best) as last_day,
    from certain
    group by folded_name
)

select
    folded_name,
    coalesce(living_best, abolished)[1] as gss_code,
    certainty = 3 as is_short,
    if(living_best is not null and len(abolished) = 1, abolished[1], null) as former_gss_code,
    if(living_best is not null and len(abolished) = 1, last_day, null) as former_last_day,
from meant
where len(coalesce(living_best, abolished)) = 1 and (certainty = 1 or living_best is null or len(living) = 1)
