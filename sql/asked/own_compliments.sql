-- One row: one anonymised and checked compliment to $council, the newest first.
select
    compliments.service,
    compliments.extract,
    compliments.received_date,
from marts.compliments as compliments
where compliments.gss_code = $council
order by compliments.received_date desc, compliments.extract asc
limit 12
