-- One row: one indicator of one living council in one financial year, with its counts or without.
-- A doubted figure is as good as none. A council without any part of a figure is still a peer that lives, and counts in "x of y councils have data". The years
-- before a council was set up are its predecessors'.
select
    figures.indicator,
    figures.gss_code,
    figures.period_start,
    figures.period_end,
    figures.period_label,
    if(figures.doubt is null, figures.numerator, null) as numerator,
    if(figures.doubt is null, figures.denominator, null) as denominator,
    figures.value,
    figures.doubt is null
    and (
        figures.numerator is not null
        or figures.printed_value is not null
        or (indicators.kind = 'proportion' and figures.denominator is not null)
    ) as has_part,
    indicators.kind,
    indicators.polarity,
    indicators.per,
    councils.lgsco_type,
    segments.segment,
    segments.is_break,
    segments.is_flagged,
from marts.indicator_values as figures
inner join core.indicators as indicators
    using (indicator)
inner join core.councils as councils
    using (gss_code)
inner join core.segments as segments
    using (indicator, period_start, period_end)
where
    figures.is_financial_year
    and not figures.is_after_abolition
    and figures.missing_reason is distinct from 'not applicable'
    and (councils.valid_from is null or figures.period_start >= councils.valid_from)
order by figures.indicator, figures.period_start, figures.gss_code
