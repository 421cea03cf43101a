-- One row: one figure quoted from an annual letter, Ombudsman news or the press.
-- A witness on the Ombudsman's or a council's own site counts as a letter quoted first hand, any other as the press.
with letters as (
    select
        *,
        case
            when
                regexp_full_match(year, '[0-9]{4}-[0-9]{2}')
                and try_cast(right(year, 2) as integer) = (try_cast(left(year, 4) as integer) + 1) % 100
                then try_cast(left(year, 4) as integer)
        end as first_year,
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
    try_cast(regexp_extract(denominator, '^[0-9]+') as bigint) as printed_base,
    source_url,
    coalesce(regexp_matches(source_url, '^https?://([^/]+\.)?(lgo\.org|gov)\.uk(/|$)'), false)
        as is_first_hand,
from letters
