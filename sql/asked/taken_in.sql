-- One row: what happened to the rows of one shipped file, with the reason where they are not used.
select
    fates.source,
    fates.fate,
    fates.reason,
    sources.title,
    count(*) as number_of_rows,
from quality.taken_in as fates
inner join core.sources as sources
    using (source)
group by fates.source, fates.fate, fates.reason, sources.title
order by
    fates.source asc,
    fates.fate desc,
    fates.reason asc
