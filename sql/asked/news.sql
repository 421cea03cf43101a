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
        using (gss_code, period_start, period_end, measure, procedure, stage, scope, limit_days)
    where before.gss_code is null or before.value <> now.value
)

select
    compared.kind,
    periods.period_label,
    count(*) as figures,
    count(distinct compared.gss_code) as councils,
from compared
inner join core.periods as periods
    using (period_start, period_end)
group by compared.kind, periods.period_label, compared.period_end
order by compared.period_end desc, compared.kind asc
