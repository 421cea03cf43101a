-- One row: one target of one council: of its current plan, or one that it reports with its quarterly indicators.
with set_by_plan as (
    select
        gss_code,
        target_id,
        'plan' as set_by,
        measure,
        target_pct,
        by_date,
        start_date,
        start_pct,
        source,
        is_illustrative,
        as_at,
    from staging.plan_targets
),

reported as (
    select
        figures.gss_code,
        measures.measure || ' ' || figures.period_end as target_id,
        'quarterly indicators' as set_by,
        measures.measure,
        figures.value as target_pct,
        figures.period_end as by_date,
        cast(null as date) as start_date,
        cast(null as double) as start_pct,
        figures.source,
        false as is_illustrative,
        figures.as_at,
    from staging.register_quarterly_indicators as figures
    inner join staging.plan_measures as measures
        using (procedure, stage)
    -- the plan's own word stands where both set the same
    anti join set_by_plan
        on
            figures.gss_code = set_by_plan.gss_code
            and measures.measure = set_by_plan.measure
            and figures.period_end = set_by_plan.by_date
    where figures.indicator = 'target_pct' and figures.service = 'all' and measures.counted = 'due'
    qualify row_number() over (
        partition by figures.gss_code, measures.measure, figures.period_end
        order by figures.as_at desc, figures.period_start desc, figures.value desc
    ) = 1
),

targets as (
    select *, from set_by_plan
    union all by name
    select *, from reported
)

select
    targets.*,
    measures.title,
    measures.polarity,
    measures.counted,
from targets
inner join staging.plan_measures as measures on targets.measure = measures.measure
order by targets.gss_code, targets.target_id
