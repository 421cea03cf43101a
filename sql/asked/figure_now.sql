-- One row: the figure of one indicator of one council in one financial year, in the words in which a reply keeps it.
select
    concat_ws(
        ', ',
        figures.numerator || ' of ' || figures.denominator,
        'printed ' || figures.printed_text
    ) as about_value,
from marts.indicator_values as figures
where
    figures.indicator = $indicator
    and figures.gss_code = $council
    and figures.period_label = $period
    and figures.is_financial_year
    and (figures.value is not null or figures.printed_text is not null)
