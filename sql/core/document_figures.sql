-- One row: one figure as one version of one page, table or document gives it.
-- A version whose value its own address has since replaced is left out; versions that agree with the newest stay, because
-- one of them may give a count together with what it is counted from, where the newest gives only one of the two.
select
    readings.gss_code,
    readings.period_start,
    readings.period_end,
    readings.measure,
    readings.procedure,
    readings.stage,
    readings.scope,
    witnesses.limit_days,
    readings.address,
    coalesce(readings.capture_sha256, 'shipped') as version,
    readings.value,
    readings.unit,
    readings.as_printed,
    max(readings.printed_base) over version_of_figure as printed_base,
    witnesses.precedence,
    readings.witness_kind,
    readings.source,
    readings.source_row,
    readings.source_url,
    readings.note,
    readings.captured_at,
from core.readings as readings
inner join core.witnesses as witnesses
    using (gss_code, period_start, period_end, measure, procedure, stage, scope, address, value)
where
    readings.problem is null
    and readings.kept_apart is null
    and coalesce(readings.limit_days, 0) = witnesses.limit_days
window
    version_of_figure as (
        partition by
            readings.gss_code, readings.period_start, readings.period_end, readings.measure,
            readings.procedure, readings.stage, readings.scope, witnesses.limit_days, readings.address,
            coalesce(readings.capture_sha256, 'shipped')
    )
qualify row_number() over (version_of_figure order by readings.source asc, readings.source_row asc) = 1
