-- One row: $council in one month, the latest first: who could take a Stage 2 case, and what was spent in the twelve months to it.
select
    resources.gss_code,
    resources.month_start,
    resources.posts,
    resources.vacancies,
    resources.investigators_available,
    resources.independent_persons_available,
    sum(resources.cost_gbp) over last_year as cost_of_year_gbp,
    count(resources.cost_gbp) over last_year as months_with_cost,
from staging.register_resources as resources
where resources.gss_code = $council
window
    last_year as (
        order by resources.month_start range between interval 11 months preceding and current row
    )
order by resources.month_start desc
