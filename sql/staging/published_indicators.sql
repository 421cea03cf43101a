-- One row: one figure about a council's own complaints on a published page (its own report, minutes, an answer, the press).
with figures as (
    select
        'own_indicators' as source,
        *,
    from raw.own_indicators
    union all by name
    select
        'peer_indicators' as source,
        *,
    from raw.peer_indicators
)

select
    source,
    source_row,
    council_id as council_slug,
    council_name,
    procedure,
    stage,
    indicator as name,
    try_cast(target_working_days as integer) as limit_days,
    try_cast(period_start as date) as period_start,
    try_cast(period_end as date) as period_end,
    value as as_printed,
    try_cast(value as double) as value,
    unit as unit_as_printed,
    try_cast(denominator as bigint) as printed_base,
    coalesce(source_url, document) as source_url,
    document is not null
    or coalesce(regexp_matches(source_url, '^https?://([^/]+\.)?(lgo\.org|gov)\.uk(/|$)'), false)
        as is_first_hand,
    notes as note,
    locator_paraphrase as locator,
from figures
