-- One row: the residents of one council in one mid-year.
-- Both series stand side by side: the first release is what the Ombudsman divides by (it reproduces every rate per head that
-- was seen), the rebased series is ONS's later and better estimate. Neither fills in for the other.
select
    codes.gss_code,
    populations.year,
    any_value(populations.population) filter (populations.is_first_release) as first_release_population,
    any_value(populations.population) filter (populations.is_preferred) as rebased_population,
    any_value(populations.source_id) filter (populations.is_first_release) as first_release_source_id,
    any_value(populations.source_id) filter (populations.is_preferred) as rebased_source_id,
from staging.populations as populations
inner join core.gss_codes as codes
    on populations.gss_code = codes.any_gss_code
group by codes.gss_code, populations.year
