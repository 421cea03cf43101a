-- One row: one figure that one address gives differently than it did when it was read before. Both values stay, each with its
-- capture; the figures use the newer.
with versions as (
    select
        *,
        lag(value) over version as value_before,
        lag(as_printed) over version as as_printed_before,
        lag(captured_at) over version as captured_at_before,
    from core.readings
    where problem is null and kept_apart is null and captured_at is not null
    window version as (
        partition by
            gss_code, period_start, period_end, measure, procedure, stage, scope, limit_days, address
        order by captured_at, source, source_row
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
    coalesce(limit_days, 0) as limit_days,
    address,
    captured_at,
    value_before,
    as_printed_before,
    captured_at_before,
    value,
    as_printed,
    capture_sha256,
    source,
from versions
where value_before <> value
