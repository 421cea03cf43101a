-- One row: how new the Ombudsman's newest figures are.
select
    max(figures.period_end) as period_end,
    arg_max(figures.period_label, figures.period_end) as period_label,
    count(distinct figures.gss_code) as councils,
    -- councils of today of which no figure of the Ombudsman's is known
    (
        select count(*) as councils,
        from core.councils as councils
        where
            councils.valid_to is null
            and not exists (
                select 1,
                from core.observations as known
                inner join core.measures as measures
                    using (measure)
                where known.gss_code = councils.gss_code and measures.family = 'ombudsman'
            )
    ) as councils_without,
from marts.indicator_values as figures
inner join core.indicators as indicators
    using (indicator)
where
    indicators.family = 'ombudsman'
    and figures.is_financial_year
    and figures.value is not null
