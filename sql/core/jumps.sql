-- One row: one count or rate per head of a year that is out by about ten times: against the year before (or, where that is not
-- held, the year after) and against similar councils, by the printed average of upheld complaints or else by the median of the type.
-- About ten times is from five times on against both, and from ten where only one of the two is there; under 20 cases nothing is.
with yearly as (
    select
        figures.*,
        populations.first_release_population as residents,
        councils.lgsco_type,
        if(
            figures.unit = 'count',
            100000 * figures.value / populations.first_release_population,
            figures.value
        ) as per_head,
        row_number()
            over (figure order by figures.precedence asc, figures.address asc, figures.version asc)
            as choice,
    from core.document_figures as figures
    inner join core.councils as councils
        using (gss_code)
    left join core.populations as populations
        on
            figures.gss_code = populations.gss_code
            and year(figures.period_start) - 1 = populations.year
    where
        figures.unit in ('count', 'per_100k')
        and not ends_with(figures.measure, '_similar')
        and figures.period_end = figures.period_start + interval 1 year - interval 1 day
    window
        figure as (
            partition by
                figures.gss_code, figures.period_start, figures.period_end, figures.measure,
                figures.procedure, figures.stage, figures.scope, figures.limit_days
        )
),

similar_councils as (
    select
        lgsco_type,
        period_start,
        measure,
        procedure,
        stage,
        scope,
        limit_days,
        median(per_head) as typical_per_head,
    from yearly
    where choice = 1 and per_head is not null
    group by lgsco_type, period_start, measure, procedure, stage, scope, limit_days
    having count(*) >= 5
),

averages as (
    select
        gss_code,
        period_start,
        arg_min(value, precedence) as printed_average,
    from core.document_figures
    where measure = 'upheld_per_100k_similar'
    group by gss_code, period_start
),

measured as (
    select
        yearly.*,
        any_value(yearly.value) filter (yearly.choice = 1) over (
            series range between interval 1 year preceding and interval 1 year preceding
        ) as value_before,
        any_value(yearly.value) filter (yearly.choice = 1) over (
            series range between interval 1 year following and interval 1 year following
        ) as value_after,
        coalesce(value_before, value_after) as neighbour,
        if(value_before is null, 'after', 'before') as which_year,
        coalesce(
            if(yearly.measure in ('upheld', 'upheld_per_100k'), averages.printed_average, null),
            similar_councils.typical_per_head
        ) as typical_per_head,
        -- in cases, so that a jump from 1 to 10 is none
        if(yearly.unit = 'count', 1, yearly.residents / 100000) as cases_per_unit,
    from yearly
    left join similar_councils
        using (lgsco_type, period_start, measure, procedure, stage, scope, limit_days)
    left join averages
        using (gss_code, period_start)
    window
        series as (
            partition by
                yearly.gss_code, yearly.measure, yearly.procedure, yearly.stage, yearly.scope,
                yearly.limit_days
            order by yearly.period_start asc
        )
),

jumps as (
    select
        *,
        if(neighbour is null or typical_per_head is null or per_head is null, 10, 5) as far,
        typical_per_head * if(unit = 'count', residents / 100000, 1) as typical,
    from measured
),

out_of_line as (
    select
        *,
        value * cases_per_unit >= 20
        and (neighbour is null or value >= far * neighbour)
        and (typical is null or value >= far * typical)
        and coalesce(neighbour, typical) is not null as is_far_above,
        greatest(coalesce(neighbour, typical), coalesce(typical, neighbour)) * cases_per_unit >= 20
        and (neighbour is null or far * value <= neighbour)
        and (typical is null or far * value <= typical) as is_far_below,
    from jumps
)

select
    gss_code,
    period_start,
    period_end,
    measure,
    procedure,
    stage,
    scope,
    limit_days,
    address,
    version,
    format('{:g} is out by about ten times', value)
    || coalesce(format(' against {:g} the year {}', neighbour, which_year), '')
    || if(neighbour is not null and typical is not null, ' and', '')
    || coalesce(format(' against {:.1f} at similar councils', typical), '') as reason,
from out_of_line
where is_far_above or is_far_below
