-- One row: one relation that a figure passes through on its way to a verdict, and how many checks of it passed.
select
    relation,
    count(*) as checks,
    count(*) filter (where passed) as passed,
from quality.checks
where
    relation in (
        'core.readings',
        'core.witnesses',
        'core.observations',
        'core.populations',
        'core.comparators',
        'marts.indicator_values',
        'marts.comparisons',
        'marts.verdicts',
        'marts.rankings'
    )
group by relation
order by relation
