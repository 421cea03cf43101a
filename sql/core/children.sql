-- One row: the children of one council in the one year of which the share of residents aged 0 to 17 is published.
select
    shares.gss_code,
    shares.year,
    cast(round(shares.value / 100 * residents.first_release_population) as bigint) as children,
from staging.characteristics as shares
inner join core.populations as residents
    using (gss_code, year)
where shares.characteristic = 'pct_aged_0_17' and residents.first_release_population is not null
