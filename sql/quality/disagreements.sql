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
    on
        figures.gss_code = observations.gss_code
        and figures.period_start = observations.period_start
        and figures.period_end = observations.period_end
        and figures.measure = observations.measure
        and figures.procedure = observations.procedure
        and figures.stage = observations.stage
        and figures.scope = observations.scope
        and figures.limit_days = observations.limit_days
where observations.has_disagreement
