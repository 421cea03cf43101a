-- One row: Stage 2 of one procedure of $council received in twelve months, followed over time with open cases counted.
select
    incidence.procedure,
    incidence.stage,
    incidence.period_start,
    incidence.period_end,
    incidence.period_label,
    incidence.limit_working_days,
    incidence.case_stages,
    incidence.completed_by_limit_pct,
    cast(round(incidence.completed_by_limit_pct * incidence.case_stages / 100) as bigint)
        as completed_by_limit,
    incidence.lower_95_pct,
    incidence.upper_95_pct,
    incidence.reason,
    incidence.as_at,
from marts.stage_incidence as incidence
where
    incidence.gss_code = $council
    and incidence.is_declared
    and incidence.stage = '2'
    and incidence.period_kind = 'rolling_12_months'
    and incidence.period_end <= incidence.as_at
qualify row_number() over (partition by incidence.procedure order by incidence.period_end desc) <= 4
order by incidence.procedure asc, incidence.period_end desc
