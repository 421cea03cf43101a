-- One row: how many figures were given again with another value by their own source, all councils together and $council alone.
select
    count(*) as figures,
    count(*) filter (restatements.gss_code = $council) as ours,
    count(distinct restatements.gss_code) as councils,
    max(restatements.captured_at) as latest,
    (select count(*) as pages, from raw.captured_pages) as captured,
from marts.restatements as restatements
order by all
