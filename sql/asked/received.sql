-- One row: one service that complaints to the Ombudsman about $council were about, in the newest year whose services add up,
-- the largest first; and what comparators in the group $comparators had of it in the same year. The services of each add up to
-- its total, so one that is not there had none.
with newest as (
    select max(period_start) as period_start,
    from marts.received_by_service
    where gss_code = $council
),

pooled as (
    select
        services.measure,
        sum(services.received) as received,
    from marts.received_by_service as services
    inner join newest
        using (period_start)
    inner join core.comparators as comparators
        on
            services.gss_code = comparators.comparator_gss_code
            and comparators.gss_code = $council
            and comparators.comparator_group = $comparators
    group by services.measure
),

of_all as (
    select sum(received) as received,
    from pooled
)

select
    services.gss_code,
    services.period_start,
    services.period_end,
    services.measure,
    split_part(measures.title, ': ', 2) as service,
    services.received,
    services.all_received,
    services.source_url,
    if(of_all.received is null, null, coalesce(pooled.received, 0)) as others_received,
    of_all.received as others_all,
from marts.received_by_service as services
inner join newest
    using (period_start)
inner join core.measures as measures
    using (measure)
left join pooled
    using (measure)
cross join of_all
where services.gss_code = $council
order by
    services.received desc,
    services.measure asc
