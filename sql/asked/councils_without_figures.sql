-- One row: one council of today of which we have no figure of the Ombudsman's.
select councils.gss_code,
from core.councils as councils
where
    councils.valid_to is null
    and not exists (
        select figures.gss_code,
        from core.observations as figures
        inner join core.measures as measures
            using (measure)
        where figures.gss_code = councils.gss_code and measures.family = 'ombudsman'
    )
