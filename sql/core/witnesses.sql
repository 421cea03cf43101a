-- One row: one address that gives one figure. The same figure met twice at one address is one witness.
-- Precedence when witnesses disagree: the Ombudsman's own table or page, then a letter or report quoted by the council, then
-- the press; which one was used is kept beside the figure.
select
    gss_code,
    period_start,
    period_end,
    measure,
    procedure,
    stage,
    scope,
    coalesce(limit_days, 0) as limit_days,
    coalesce(source_url, 'no address: ' || source || ' row ' || source_row) as address,
    value,
    any_value(unit) as unit,
    min(as_printed) as as_printed,
    max(printed_base) as printed_base,
    min(witness_kind) as witness_kind,
    min(case witness_kind when 'statistics page' then 2 when 'letter or report' then 3 else 4 end)
        as precedence,
    min(source) as source,
    min(source_row) as source_row,
    min(source_url) as source_url,
    min(note) as note,
    min(locator) as locator,
from core.readings
where problem is null
group by
    gss_code,
    period_start,
    period_end,
    measure,
    procedure,
    stage,
    scope,
    coalesce(limit_days, 0),
    coalesce(source_url, 'no address: ' || source || ' row ' || source_row),
    value
