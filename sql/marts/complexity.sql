-- One row: the complaints of one procedure and stage in one band of points of complaint or of organisations.
-- Choice: the whole register together, because bands of single years hold too few cases to tell anything.
with factors as (
    select
        stages.gss_code,
        stages.procedure,
        stages.stage,
        stages.as_at,
        clocks.result,
        clocks.elapsed_working_days,
        unnest([
            { 'factor': 'points_of_complaint', 'value': stages.points_of_complaint },
            { 'factor': 'organisations', 'value': stages.organisations }
        ]) as factor,
    from core.case_stages as stages
    inner join core.case_clocks as clocks
        using (gss_code, case_reference, stage)
    where
        clocks.is_declared
        and stages.is_complaint
        and coalesce(stages.points_of_complaint, stages.organisations) is not null
),

banded as (
    select
        factors.gss_code,
        factors.procedure,
        factors.stage,
        factors.as_at,
        factors.result,
        factors.elapsed_working_days,
        factor.factor,
        case
            when factor.value = 1 then '1'
            when factor.factor = 'organisations' then if(factor.value = 2, '2', '3 or more')
            when factor.value <= 3 then '2 to 3'
            when factor.value <= 6 then '4 to 6'
            when factor.value <= 10 then '7 to 10'
            else '11 or more'
        end as band,
        case
            when factor.value = 1 then 1
            when factor.factor = 'organisations' then if(factor.value = 2, 2, 3)
            when factor.value <= 3 then 2
            when factor.value <= 6 then 3
            when factor.value <= 10 then 4
            else 5
        end as band_number,
    from factors
    where factor.value is not null
)

select
    gss_code,
    procedure,
    stage,
    factor,
    band_number,
    band,
    count(*) as stages,
    count(*) filter (where result in ('in_time', 'late', 'overdue', 'withdrawn_late')) as judged,
    count(*) filter (where result = 'in_time') as in_time,
    if(
        count(*) filter (where result in ('in_time', 'late', 'overdue', 'withdrawn_late')) >= 5,
        100.0 * count(*) filter (where result = 'in_time')
        / count(*) filter (where result in ('in_time', 'late', 'overdue', 'withdrawn_late')),
        null
    ) as in_time_pct,
    coalesce(
        count(*) filter (where result in ('in_time', 'late', 'overdue', 'withdrawn_late')) between 5 and 29,
        false
    ) as has_small_base,
    quantile_cont(elapsed_working_days, 0.5)
    filter (where result in ('in_time', 'late', 'completed')) as median_working_days,
    quantile_cont(elapsed_working_days, 0.9)
    filter (where result in ('in_time', 'late', 'completed')) as p90_working_days,
    any_value(as_at) as as_at,
from banded
group by gss_code, procedure, stage, factor, band_number, band
