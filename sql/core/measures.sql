-- One row: one measure that this project knows.
select
    measure,
    unit,
    family,
    title,
from raw.measures
