-- One row: what one measure of the register of $council says of twelve months, or of a financial year, that are over.
select
    timeliness.period_label,
    max(timeliness.period_end) as period_end,
    cast(sum(timeliness.in_time) as bigint) as cases,
    cast(sum(timeliness.case_stages) as bigint) as of_cases,
from marts.stage_timeliness as timeliness
where
    $counted = 'due'
    and timeliness.gss_code = $council
    and timeliness.procedure = $procedure
    and timeliness.stage = $stage
    and timeliness.service = 'all'
    and timeliness.is_declared
    and timeliness.counted_on = 'due'
    and timeliness.period_kind = 'rolling_12_months'
    and timeliness.period_end <= timeliness.as_at
    and timeliness.in_time is not null
group by timeliness.period_label
union all
select
    escalation.period_label,
    escalation.period_end,
    escalation.escalated as cases,
    escalation.closed as of_cases,
from marts.escalation as escalation
where
    $counted = 'escalated'
    and escalation.gss_code = $council
    and escalation.procedure = $procedure
    and escalation.service = 'all'
    and escalation.period_kind = 'financial_year'
    and escalation.period_end <= escalation.as_at
order by period_end
