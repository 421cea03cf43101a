-- One row: one resolution of the panel, or one promise made to it, and whether it has been reported.
select
    resolutions.gss_code,
    resolutions.resolution_id,
    resolutions.kind,
    resolutions.what,
    resolutions.made_by,
    resolutions.made_date,
    resolutions.owner_role,
    resolutions.due_date,
    resolutions.hearing_date,
    resolutions.reported_date,
    resolutions.state,
    resolutions.days_late,
    resolutions.source,
    resolutions.is_illustrative,
    resolutions.as_at,
from marts.resolution_progress as resolutions
where resolutions.gss_code = $council
order by resolutions.made_date, resolutions.resolution_id
