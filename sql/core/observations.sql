-- One row: one figure of one council for one measure and period, from the best witness, with how many there are.
-- Two witnesses that differ are not averaged: the better kind is used, and quality.disagreements lists them all.
with ranked as (
    select
        *,
        count(*) over figure as witnesses,
        count(distinct value) over figure > 1 as has_disagreement,
        row_number() over (figure order by precedence, source_url nulls last, value) as choice,
    from core.witnesses
    window figure as (
        partition by gss_code, period_start, period_end, measure, procedure, stage, scope, limit_days
    )
)

select
    gss_code,
    period_start,
    period_end,
    measure,
    procedure,
    stage,
    scope,
    limit_days,
    value,
    unit,
    as_printed,
    printed_base,
    witness_kind,
    source,
    source_row,
    source_url,
    note,
    locator,
    captured_at,
    capture_sha256,
    witnesses,
    has_disagreement,
from ranked
where choice = 1
