-- One row: one figure of one council for one measure and period, from the best witness, with how many there are.
-- Two witnesses that differ are not averaged: one that is not doubted comes before one that is, and of those the better kind;
-- quality.disagreements lists them all.
with ranked as (
    select
        witnesses.*,
        coalesce(witnesses.capture_sha256, 'shipped') as version,
        doubts.reason as doubt,
        count(*) over figure as witnesses,
        count(distinct witnesses.value) over figure > 1 as has_disagreement,
        row_number()
            over (
                figure
                order by
                    doubts.reason is not null asc,
                    witnesses.precedence asc,
                    witnesses.source_url asc nulls last,
                    witnesses.value asc
            )
            as choice,
    from core.witnesses as witnesses
    left join core.doubts as doubts
        on
            witnesses.gss_code = doubts.gss_code
            and witnesses.period_start = doubts.period_start
            and witnesses.period_end = doubts.period_end
            and witnesses.measure = doubts.measure
            and witnesses.procedure = doubts.procedure
            and witnesses.stage = doubts.stage
            and witnesses.scope = doubts.scope
            and witnesses.limit_days = doubts.limit_days
            and witnesses.address = doubts.address
            and coalesce(witnesses.capture_sha256, 'shipped') = doubts.version
            and not doubts.is_vouched
    window figure as (
        partition by
            witnesses.gss_code,
            witnesses.period_start,
            witnesses.period_end,
            witnesses.measure,
            witnesses.procedure,
            witnesses.stage,
            witnesses.scope,
            witnesses.limit_days
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
    doubt,
    witness_kind,
    precedence,
    address,
    version,
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
