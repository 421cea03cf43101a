-- One row: the complaints about one service of one council that the Ombudsman received in one financial year.
-- Choice: only years whose services add up to the total, so that a service that is not printed cannot be the largest.
-- Before 2012-13 the services were others.
with figures as (
    select
        gss_code,
        period_start,
        period_end,
        measure,
        cast(value as bigint) as received,
        source_url,
    from core.observations
    where
        measure in (
            'received',
            'received_adult_care',
            'received_benefits_tax',
            'received_corporate',
            'received_education_childrens',
            'received_environment_public_protection',
            'received_highways',
            'received_housing',
            'received_other',
            'received_planning'
        )
        and doubt is null
        and procedure = 'all'
        and period_start >= date '2012-04-01'
        and period_end = period_start + interval 1 year - interval 1 day
)

select
    services.gss_code,
    services.period_start,
    services.period_end,
    services.measure,
    services.received,
    totals.received as all_received,
    services.source_url,
from figures as services
inner join figures as totals
    on
        services.gss_code = totals.gss_code
        and services.period_start = totals.period_start
        and services.period_end = totals.period_end
        and totals.measure = 'received'
where services.measure <> 'received' and totals.received > 0
qualify
    sum(services.received) over (partition by services.gss_code, services.period_start, services.period_end)
    = totals.received
