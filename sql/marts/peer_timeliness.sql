-- One row: one authority's share in time of one procedure and stage in one period, from its peer return.
-- Choice: grade A only where the authority says that it followed the fixed definitions; otherwise C, and why.
select
    gss_code,
    procedure,
    stage,
    period_start,
    period_end,
    limit_working_days,
    fell_due,
    completed_in_time,
    still_open,
    withdrawn,
    received,
    if(fell_due >= 5, 100.0 * completed_in_time / fell_due, null) as in_time_pct,
    coalesce(fell_due between 5 and 29, false) as has_small_base,
    median_working_days,
    if(is_on_fixed_definitions, 'A', 'C') as comparability_grade,
    if(is_on_fixed_definitions, null, 'the authority counted otherwise') as comparability_reason,
    answered_date,
    asked_by_gss_code,
from staging.register_peer_returns
