-- One row: one witness of a figure that its witnesses do not agree on. `is_used` marks the one that the figures use.
select
    figures.gss_code,
    figures.period_start,
    figures.period_end,
    figures.measure,
    figures.procedure,
    figures.stage,
    figures.scope,
    figures.limit_days,
    figures.address,
    figures.value,
    figures.as_printed,
    figures.witness_kind,
    coalesce(
        observations.value = figures.value
        and observations.source_url is not distinct from figures.source_url,
        false
    ) as is_used,
from core.witnesses as figures
inner join core.observations as observations
    using (gss_code, period_start, period_end, measure, procedure, stage, scope, limit_days)
where observations.has_disagreement
