-- One row: one authority's share in time of one procedure and stage in one period, from its peer return.
-- Choice: grade A only where the authority says that it followed the fixed definitions; otherwise C, and why. Of answers that
-- share days only the longest counts, and no count of 1 to 4 is kept, so that no member's cases can be worked out.
with longest as (
    select answers.*,
    from staging.register_peer_returns as answers
    anti join staging.register_peer_returns as others
        on
            answers.gss_code = others.gss_code
            and answers.procedure = others.procedure
            and answers.stage = others.stage
            and answers.period_start <= others.period_end
            and answers.period_end >= others.period_start
            and (answers.period_end - answers.period_start, answers.period_end)
            < (others.period_end - others.period_start, others.period_end)
),

judged as (
    select
        *,
        fell_due < 5
        or completed_in_time between 1 and 4
        or fell_due - completed_in_time between 1 and 4 as has_small_share,
        still_open between 1 and 4
        or fell_due - completed_in_time - still_open between 1 and 4 as has_small_rest,
    from longest
)

select
    gss_code,
    procedure,
    stage,
    period_start,
    period_end,
    limit_working_days,
    if(fell_due between 1 and 4, null, fell_due) as fell_due,
    if(has_small_share, null, completed_in_time) as completed_in_time,
    if(has_small_share or has_small_rest, null, still_open) as still_open,
    if(withdrawn between 1 and 4, null, withdrawn) as withdrawn,
    if(received between 1 and 4, null, received) as received,
    if(has_small_share, null, 100.0 * completed_in_time / fell_due) as in_time_pct,
    coalesce(fell_due between 5 and 29, false) as has_small_base,
    if(fell_due < 5, null, median_working_days) as median_working_days,
    if(is_on_fixed_definitions, 'A', 'C') as comparability_grade,
    nullif(
        concat_ws(
            '; ',
            if(is_on_fixed_definitions, null, 'the authority counted otherwise'),
            if(has_small_share, 'not shown, because a count is below five', null)
        ),
        ''
    ) as comparability_reason,
    answered_date,
    asked_by_gss_code,
from judged
