-- One row: one published practice and one council, within one comparator group that the practice's council is in: whether that
-- council is credibly better on any indicator with a good direction, each in the latest year of that council.
-- Choice: all such indicators, whatever the practice's theme, because no source links a practice to one of them. A lead and a
-- practice stand side by side; neither is said to be the reason of the other.
with latest as (
    select
        latest_years.indicator,
        latest_years.gss_code,
        latest_years.period_start,
        latest_years.period_end,
        indicators.title,
        indicators.report_order,
    from marts.latest_years as latest_years
    inner join core.indicators as indicators
        using (indicator)
    where indicators.polarity <> 'none'
),

-- those with a value on an indicator in the latest year of the council
compared as (
    select distinct
        latest.gss_code,
        theirs.gss_code as peer_gss_code,
    from latest
    inner join marts.indicator_values as ours
        using (indicator, gss_code, period_start, period_end)
    inner join marts.indicator_values as theirs
        using (indicator, period_start, period_end)
    where
        ours.value is not null
        and theirs.value is not null
        and theirs.gss_code in (select practices.gss_code, from marts.practices as practices)
),

leads as (
    select
        learn_from.gss_code,
        learn_from.peer_gss_code,
        learn_from.comparator_group,
        string_agg(latest.title, '; ' order by latest.report_order) as better_on,
    from marts.learn_from as learn_from
    inner join latest
        using (indicator, gss_code, period_start, period_end)
    group by all
)

select
    practices.source_row,
    comparators.gss_code,
    comparators.comparator_group,
    practices.theme,
    leads.better_on,
    case
        when leads.better_on is not null then 'credibly_better'
        when compared.gss_code is not null then 'no_credible_lead'
        else 'not_compared'
    end as standing,
from marts.practices as practices
inner join core.comparators as comparators
    on practices.gss_code = comparators.comparator_gss_code
left join compared
    on comparators.gss_code = compared.gss_code and practices.gss_code = compared.peer_gss_code
left join leads
    on
        comparators.gss_code = leads.gss_code
        and practices.gss_code = leads.peer_gss_code
        and comparators.comparator_group = leads.comparator_group
