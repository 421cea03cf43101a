-- One row: one figure of one council for one measure and period, from the best witness, with how many there are.
-- Two witnesses that differ are not averaged: one that is not doubted comes before one that is, and of those the better kind;
-- quality.disagreements lists them all.
with witnesses as (
    select
        *,
        coalesce(capture_sha256, 'shipped') as version,
    from core.witnesses
),

doubts as (
    select *,
    from core.doubts
    where not is_vouched
),

ranked as (
    select
        witnesses.*,
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
    from witnesses
    left join doubts
        using (
            gss_code, period_start, period_end, measure, procedure, stage, scope, limit_days, address, version
        )
    window figure as (
        partition by
            witnesses.gss_code, witnesses.period_start, witnesses.period_end, witnesses.measure,
            witnesses.procedure, witnesses.stage, witnesses.scope, witnesses.limit_days
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
