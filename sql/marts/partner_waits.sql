-- One row: how long one kind of partner took to answer a council's requests for information, by procedure and stage.
-- Choice: an unanswered request is late once its due day has passed; its time so far is left out of the median.
with requests as (
    select
        stages.gss_code,
        stages.procedure,
        stages.stage,
        coalesce(stages.partner, 'not_recorded') as partner,
        stages.information_received_date,
        stages.information_due_date,
        stages.as_at,
        answered.working_day_number - asked.working_day_number as answer_working_days,
    from core.case_stages as stages
    inner join core.working_days as asked on stages.information_requested_date = asked.date
    left join core.working_days as answered on stages.information_received_date = answered.date
)

select
    gss_code,
    procedure,
    stage,
    partner,
    count(*) as requests,
    count(information_received_date) as answered,
    count(*) filter (where coalesce(information_received_date, as_at) > information_due_date) as late,
    quantile_cont(answer_working_days, 0.5) as median_working_days,
    quantile_cont(answer_working_days, 0.9) as p90_working_days,
    any_value(as_at) as as_at,
from requests
group by gss_code, procedure, stage, partner
