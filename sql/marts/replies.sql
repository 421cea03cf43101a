-- One row: one explanation that a council has given of one figure of its own, with that figure as it is now.
-- Choice: a reply stays with its indicator and year when the figure is restated, and says that it was about another. What
-- it says of the council's own register is not compared, because readers do not get those figures.
select
    replies.gss_code,
    replies.reply_id,
    replies.indicator,
    replies.period_label,
    figures.period_start,
    figures.period_end,
    replies.reply,
    replies.author_role,
    replies.replied_date,
    replies.about_value,
    figures.numerator,
    figures.denominator,
    figures.value,
    if(
        measures.counted <> 'year',
        null,
        coalesce(
            replies.about_value = concat_ws(
                ', ',
                figures.numerator || ' of ' || figures.denominator,
                'printed ' || figures.printed_text
            ),
            false
        )
    ) as is_about_current_figure,
from staging.replies as replies
left join staging.plan_measures as measures on replies.indicator = measures.measure
left join marts.indicator_values as figures
    on
        replies.gss_code = figures.gss_code
        and replies.indicator = figures.indicator
        and replies.period_label = figures.period_label
        and figures.is_financial_year
