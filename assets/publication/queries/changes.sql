-- One row: one indicator of $council in one year, and its change from the year before, or why none is given.
select
    changes.indicator,
    changes.gss_code,
    changes.period_start,
    changes.period_end,
    changes.change,
    changes.change_lower,
    changes.change_upper,
    changes.change_reason,
from marts.yearly_changes as changes
where changes.gss_code = $council
