-- One row: one address that gives one figure. The same figure met twice at one address is one witness.
-- Precedence when witnesses disagree: the Ombudsman's own table or page, then a letter or report quoted by the council, then
-- the press; which one was used is kept beside the figure. Met twice at one address, a figure is what the better kind of
-- reading says of it.
with addressed as (
    select
        * exclude (limit_days),
        coalesce(limit_days, 0) as limit_days,
        coalesce(source_url, 'no address: ' || source || ' row ' || source_row) as address,
        case witness_kind when 'statistics page' then 2 when 'letter or report' then 3 else 4 end
            as precedence,
    from core.readings
    where problem is null
),

meetings as (
    select
        *,
        max(printed_base) over witness as largest_printed_base,
        row_number() over (witness order by precedence, source, source_row) as meeting,
    from addressed
    window witness as (
        partition by
            gss_code, period_start, period_end, measure, procedure, stage, scope, limit_days, address, value
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
from meetings
where meeting = 1
