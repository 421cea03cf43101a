-- One row: one kind of news about one period since the warehouse that was published before: figures that it did not have, or had
-- otherwise. `last_publication` is that warehouse, attached.
with compared as (
    select
        now.gss_code,
        now.period_start,
        now.period_end,
        if(before.gss_code is null, 'new', 'changed') as kind,
    from core.observations as now
    left join last_publication.core.observations as before
        on
            now.gss_code = before.gss_code
            and now.period_start = before.period_start
            and now.period_end = before.period_end
            and now.measure = before.measure
            and now.procedure = before.procedure
            and now.stage = before.stage
            and now.scope = before.scope
            and now.limit_days = before.limit_days
    where before.gss_code is null or before.value <> now.value
)

select
    compared.kind,
    periods.period_label,
    count(*) as figures,
    count(distinct compared.gss_code) as councils,
from compared
inner join core.periods as periods
    on
        compared.period_start = periods.period_start
        and compared.period_end = periods.period_end
group by compared.kind, periods.period_label, compared.period_end
order by compared.period_end desc, compared.kind asc
