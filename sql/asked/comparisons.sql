-- One row: one indicator of $council in one year compared with one comparator group, with how many councils of its type
-- the averages are of.
select
    comparisons.*,
    averages.councils,
    averages.councils_with_figure,
from marts.comparisons as comparisons
left join core.councils
    using (gss_code)
left join marts.type_averages as averages
    using (indicator, lgsco_type, period_start, period_end)
where comparisons.gss_code = $council
order by all
