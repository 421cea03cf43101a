-- One row: one published practice about handling cases by IT or about tracking them.
select
    practices.source_row,
    practices.gss_code,
    practices.body_name,
    practices.theme,
    practices.paraphrase,
    practices.source_url,
    practices.year_as_printed,
from marts.practices as practices
where practices.theme in ('IT case management', 'tracking')
order by practices.theme, practices.body_name, practices.source_row
