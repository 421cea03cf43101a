-- One row: one day of the years whose bank holidays in England and Wales are published.
-- Choice: the number counts working days up to and including the day, so that working days between two dates are a
-- subtraction, the day something happens counts as day 0, and a date outside the list has no number at all.
with holidays as (
    select cast(date as date) as date,
    from raw.bank_holidays
),

days as (
    select unnest(
        generate_series(
            date_trunc('year', (select min(date), from holidays)),
            date_trunc('year', (select max(date), from holidays)) + interval 1 year - interval 1 day,
            interval 1 day
        )
    ) as date,
),

working_days as (
    select
        cast(days.date as date) as date,
        isodow(days.date) <= 5 and holidays.date is null as is_working_day,
    from days
    left join holidays on cast(days.date as date) = holidays.date
)

select
    date,
    is_working_day,
    cast(sum(cast(is_working_day as integer)) over (order by date) as integer) as working_day_number,
from working_days
