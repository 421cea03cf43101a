-- One row: one indicator in one year: how many living councils of $lgsco_type have a figure.
select
    coverage.indicator,
    indicators.title,
    coverage.period_start,
    coverage.period_end,
    coverage.period_label,
    coverage.lgsco_type,
    coverage.councils,
    coverage.councils_with_data,
from marts.coverage as coverage
inner join core.indicators as indicators
    using (indicator)
where coverage.lgsco_type = $lgsco_type and coverage.councils_with_data > 0
order by indicators.report_order asc, coverage.period_start desc
