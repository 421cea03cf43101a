-- One row: complaints of one procedure and stage that $council received in twelve months: the latest whole twelve months, and the
-- twelve that end a year before them.
select *,
from marts.stage_volumes
where
    gss_code = $council
    and service = 'all'
    and kind = 'complaint'
    and stage in ('1', '2')
    and period_kind = 'rolling_12_months'
    and is_whole_period
    and received is not null
    and period_end <= as_at
window procedure_and_stage as (partition by procedure, stage)
qualify
    period_end = max(period_end) over procedure_and_stage
    or period_end = last_day(max(period_end) over procedure_and_stage - interval 1 year)
order by stage asc, procedure asc, period_end desc
