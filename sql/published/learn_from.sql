-- One row: one council of one comparator group that is likely better than another on one indicator in one year, and
-- one practice that it publishes, if any.
select
    learn_from.indicator,
    learn_from.gss_code,
    learn_from.period_start,
    learn_from.period_end,
    learn_from.comparator_group,
    learn_from.peer_gss_code,
    peers.nice_name,
    learn_from.learn_order,
    learn_from.probability,
    learn_from.lead,
    practices.source_row,
    practices.theme,
    practices.paraphrase,
    practices.year_as_printed,
    practices.source_url,
from marts.learn_from as learn_from
inner join core.councils as peers
    on learn_from.peer_gss_code = peers.gss_code
left join marts.practices as practices
    on learn_from.peer_gss_code = practices.gss_code
