-- One row: one figure quoted from an annual letter, Ombudsman news or the press.
-- A witness on the Ombudsman's or a council's own site counts as a letter quoted first hand, as does a committee paper that
-- has a name and no address; any other is the press. A number beside an uphold count is its base only where the words say
-- that it was investigated: "57 received" is no base.
with letters as (
    select
        *,
        case
            when
                regexp_full_match(year, '[0-9]{4}-[0-9]{2}')
                and try_cast(right(year, 2) as integer) = (try_cast(left(year, 4) as integer) + 1) % 100
                then try_cast(left(year, 4) as integer)
        end as first_year,
        coalesce(
            try_cast(regexp_extract(denominator, '^[0-9]+ out of ([0-9]+)', 1) as bigint),
            try_cast(regexp_extract(denominator, '^[0-9]+') as bigint)
        ) as number_beside,
        lower(trim(regexp_extract(denominator, '^[0-9]+([^;]*)', 1))) as words_beside,
        nullif(regexp_replace(denominator, '^[0-9]+[^;]*;? *', ''), '') as note,
    from raw.letters_and_press
)

select
    source_row,
    council_id as council_slug,
    council_name as body_name,
    body,
    year as financial_year,
    make_date(first_year, 4, 1) as period_start,
    make_date(first_year + 1, 3, 31) as period_end,
    measure as name,
    value as as_printed,
    try_cast(value as double) as value,
    unit as unit_as_printed,
    case
        when measure in ('investigations', 'investigated') then null
        when measure not in ('upheld', 'not_upheld', 'uphold_rate') then number_beside
        when
            words_beside = ''
            or regexp_matches(words_beside, 'investigat|final adjudication|looked at in detail')
            then number_beside
        -- what is upheld was investigated, so as many upheld as decided leaves nothing else
        when measure = 'upheld' and try_cast(value as double) = number_beside then number_beside
    end as printed_base,
    note,
    coalesce(source_url, document) as source_url,
    document is not null
    or coalesce(regexp_matches(source_url, '^https?://([^/]+\.)?(lgo\.org|gov)\.uk(/|$)'), false)
        as is_first_hand,
from letters
