-- One row: one address that gives one figure. The same figure met twice at one address is one witness.
-- Precedence when witnesses disagree: the Ombudsman's own table or page, then a letter or report quoted by the council, then
-- the press; which one was used is kept with the figure. Met twice at one address, a figure is what the better kind of
-- reading says of it; read there again later, what it says then (marts.restatements keeps both).
with addressed as (
    select
        * exclude (limit_days),
        coalesce(limit_days, 0) as limit_days,
        case witness_kind
            when 'annual table' then 1
            when 'statistics page' then 2
            when 'letter or report' then 3
            else 4
        end as precedence,
    from core.readings
    where problem is null and kept_apart is null
),

meetings as (
    select
        *,
        max(printed_base) over witness as largest_printed_base,
        row_number()
            over (witness order by captured_at desc nulls last, precedence asc, source asc, source_row asc)
            as meeting,
    from addressed
    window witness as (
        partition by
            gss_code, period_start, period_end, measure, procedure, stage, scope, limit_days, address
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
    address,
    value,
    unit,
    as_printed,
    largest_printed_base as printed_base,
    witness_kind,
    precedence,
    source,
    source_row,
    source_url,
    note,
    locator,
    captured_at,
    capture_sha256,
from meetings
where meeting = 1
