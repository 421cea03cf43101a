-- One row: one authority's Stage 2 timeliness of one procedure in one period, from its own reports or its peer return.
-- Choice: figures of one report and period stand in one row, graded by what is stated: A on fixed definitions in a peer return;
-- B with the limit and the number of cases; C with a share but without one of these; D without a share.
with reported as (
    select
        'published report' as origin,
        min(readings.source_row) as source_row,
        readings.gss_code,
        readings.body_name,
        readings.procedure,
        readings.period_start,
        readings.period_end,
        nullif(max(readings.limit_days), 0) as limit_days,
        max(readings.value) filter (readings.measure = 'complaints_in_time_pct') as in_time_pct,
        any_value(readings.as_printed) filter (readings.measure = 'complaints_in_time_pct')
            as in_time_as_printed,
        cast(max(readings.value) filter (readings.measure = 'complaints_completed_in_time') as bigint)
            as in_time,
        coalesce(
            max(readings.printed_base) filter (
                readings.measure in ('complaints_in_time_pct', 'complaints_completed_in_time')
            ),
            cast(max(readings.value) filter (readings.measure = 'complaints_completed') as bigint)
        ) as case_stages,
        min(readings.source_url) as source_url,
    from core.readings as readings
    where
        readings.source = 'peer_indicators'
        and readings.procedure in ('children_statutory', 'corporate')
        and readings.stage = '2'
        and readings.measure in (
            'complaints_in_time_pct',
            'complaints_completed_in_time',
            'complaints_completed_late',
            'complaints_completed',
            'late_response_days'
        )
        and readings.period_start is not null
    group by all
    having bool_or(readings.measure <> 'complaints_completed')
),

returned as (
    select
        'peer return' as origin,
        councils.gss_code,
        councils.official_name as body_name,
        peers.procedure,
        peers.period_start,
        peers.period_end,
        peers.limit_working_days as limit_days,
        peers.in_time_pct,
        peers.completed_in_time as in_time,
        peers.fell_due as case_stages,
        peers.comparability_grade,
        peers.comparability_reason,
    from marts.peer_timeliness as peers
    -- a return that was kept earlier may stand under a former code
    left join core.gss_codes as codes
        on peers.gss_code = codes.any_gss_code
    inner join core.councils as councils
        on coalesce(codes.gss_code, peers.gss_code) = councils.gss_code
    where peers.stage = '2'
),

graded as (
    select
        reported.*,
        case
            when reported.in_time_pct is null then 'D'
            when reported.limit_days is null or reported.case_stages is null then 'C'
            else 'B'
        end as comparability_grade,
        case
            when reported.in_time_pct is null then 'no share is printed'
            else
                nullif(
                    concat_ws(
                        '; ',
                        if(reported.limit_days is null, 'the limit is not stated', null),
                        if(reported.case_stages is null, 'the number of cases is not printed', null)
                    ),
                    ''
                )
        end as comparability_reason,
    from reported
),

elsewhere as (
    select *, from graded
    union all by name
    select *, from returned
)

select
    origin,
    body_name,
    procedure,
    period_start,
    period_end,
    gss_code,
    source_row,
    limit_days,
    in_time,
    case_stages,
    in_time_pct,
    in_time_as_printed,
    if(limit_days is null, 'limit not stated', 'within ' || limit_days || ' days')
    || ', '
    || if(origin = 'peer return', 'of those that fell due', 'of those completed') as definition,
    comparability_grade,
    comparability_reason,
    source_url,
from elsewhere
