-- One row: one measure that an action or a target may name: of the council's own register, or an indicator.
select
    measure,
    title,
    counted,
    procedure,
    stage,
    polarity,
from raw.plan_measures
