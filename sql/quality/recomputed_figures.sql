-- One row: one figure that a statistics page, a letter, a report or the press prints and that can be worked out again from the
-- counts of the same document.
-- Percentages are rounded half up, in whole-number arithmetic, as the Ombudsman does; rates per head have one decimal.
-- A printed figure is never corrected: where the two differ both are published and the difference is a known exception.
with pages as (
    select
        gss_code,
        period_start,
        period_end,
        address,
        any_value(witness_kind) as witness_kind,
        any_value(source_url) as source_url,
        any_value(value) filter (measure = 'dealt_with') as dealt_with,
        any_value(value) filter (measure = 'not_for_us') as not_for_us,
        any_value(value) filter (measure = 'assessed_and_closed') as assessed_and_closed,
        -- a document that names the number of investigations only with the rate has it all the same
        coalesce(
            any_value(value) filter (measure = 'investigated'),
            any_value(printed_base) filter (measure in ('upheld', 'uphold_rate_pct'))
        ) as investigated,
        any_value(value) filter (measure = 'upheld') as upheld,
        any_value(value) filter (measure = 'uphold_rate_pct') as uphold_rate_pct,
        any_value(value) filter (measure = 'upheld_per_100k') as upheld_per_100k,
        any_value(value) filter (measure = 'satisfactory_remedies') as satisfactory_remedies,
        coalesce(
            any_value(value) filter (measure = 'satisfactory_remedy_upheld_base'),
            any_value(printed_base) filter (measure = 'satisfactory_remedy_rate_pct')
        ) as remedy_base,
        any_value(value) filter (measure = 'satisfactory_remedy_rate_pct') as satisfactory_remedy_rate_pct,
    from core.witnesses
    where
        witness_kind <> 'annual table'
        and procedure = 'all'
        and stage = 'all'
        and scope = 'all'
    group by gss_code, period_start, period_end, address
),

-- rounded half up, tenths before the decimal point is put back; a rate to the decimal to which it is printed
recomputed as (
    select
        pages.*,
        unnest(
            [
                {
                    'measure': 'uphold_rate_pct',
                    'printed': uphold_rate_pct,
                    'recomputed': if(
                        uphold_rate_pct = floor(uphold_rate_pct),
                        floor((200 * upheld + investigated) / nullif(2 * investigated, 0)),
                        floor((2000 * upheld + investigated) / nullif(2 * investigated, 0)) / 10
                    )
                },
                {
                    'measure': 'satisfactory_remedy_rate_pct',
                    'printed': satisfactory_remedy_rate_pct,
                    'recomputed': floor(
                        (200 * satisfactory_remedies + remedy_base) / nullif(2 * remedy_base, 0)
                    )
                },
                {
                    'measure': 'dealt_with',
                    'printed': dealt_with,
                    'recomputed': not_for_us + assessed_and_closed + investigated
                },
                {
                    'measure': 'upheld_per_100k',
                    'printed': upheld_per_100k,
                    'recomputed': floor(
                        (2000000 * upheld + populations.first_release_population)
                        / (2 * populations.first_release_population)
                    ) / 10
                }
            ],
            recursive := true
        ) as figure,
    from pages
    left join core.populations as populations
        on
            pages.gss_code = populations.gss_code
            and year(pages.period_start) - 1 = populations.year
)

select
    gss_code,
    period_start,
    period_end,
    measure,
    address,
    witness_kind,
    printed,
    recomputed,
    source_url,
from recomputed
where printed is not null and recomputed is not null
