-- One row: one indicator of one council in one period. Every living council has a row for every financial year in which any
-- council has a figure; without one, `missing_reason` says why. Missing is never zero.
-- A share is of one source: one version of one page, table or document gives its numerator and its denominator, the best of
-- those that give both. Where none does, the counts of two sources are shown as such and make no value; nor does a doubted figure.
-- A printed percentage without its count is turned into a count only where a single whole number gives that percentage;
-- `numerator_basis` then says "worked out". Intervals: Wilson for shares; for rates Byar's from 10 cases on, exact below.
with witnessed as (
    select
        figures.* exclude (source, source_row),
        figures.address || ' ' || figures.version as document,
        if(doubts.is_vouched, null, doubts.reason) as doubt,
        false as has_disagreement,
    from core.document_figures as figures
    left join core.doubts as doubts
        using (
            gss_code, period_start, period_end, measure, procedure, stage, scope, limit_days, address, version
        )

    union all by name

    -- the best witness of each figure, whichever document it is from
    select
        * exclude (source, source_row, locator, capture_sha256, witnesses),
        'any' as document,
    from core.observations
),

usable as (
    select
        indicators.indicator,
        indicators.kind,
        indicators.per,
        indicators.numerator_measure,
        indicators.denominator_measure,
        indicators.printed_measure,
        indicators.printed_average_measure,
        witnessed.*,
    from core.indicators as indicators
    inner join witnessed
        on
            witnessed.measure in (
                indicators.numerator_measure,
                indicators.denominator_measure,
                indicators.printed_measure,
                indicators.printed_average_measure
            )
            and indicators.procedure = witnessed.procedure
            and indicators.stage = witnessed.stage
            and indicators.scope = witnessed.scope
            and (
                indicators.limit_days is null
                or witnessed.limit_days = 0
                or indicators.limit_days = witnessed.limit_days
            )
),

stated_limit_first as (
    select
        *,
        first_value(limit_days) over (
            partition by indicator, gss_code, period_start, period_end, document
            order by (measure = numerator_measure or measure = printed_measure) desc, limit_days desc
        ) as chosen_limit_days,
    from usable
),

figures as (
    select
        indicator,
        gss_code,
        period_start,
        period_end,
        document,
        any_value(nullif(chosen_limit_days, 0)) as limit_days,
        any_value(value) filter (measure = numerator_measure) as printed_numerator,
        any_value(doubt) filter (measure = numerator_measure) as numerator_doubt,
        any_value({ 'address': address, 'version': version }) filter (measure = numerator_measure)
            as numerator_document,
        -- against the numerator's limit, else against none, else against the longest
        arg_max(
            {
                'value': value,
                'doubt': doubt,
                'document': { 'address': address, 'version': version }
            },
            (limit_days = chosen_limit_days, limit_days = 0, limit_days)
        ) filter (measure = denominator_measure) as printed_denominator,
        any_value(printed_base) filter (measure = numerator_measure) as base_of_numerator,
        any_value(value) filter (measure = printed_measure) as printed_value,
        any_value(doubt) filter (measure = printed_measure) as printed_doubt,
        any_value({ 'address': address, 'version': version }) filter (measure = printed_measure)
            as printed_document,
        any_value(as_printed) filter (measure = printed_measure) as printed_text,
        any_value(printed_base) filter (measure = printed_measure) as base_of_printed,
        any_value(value) filter (measure = printed_average_measure) as printed_average,
        bool_or(has_disagreement) as has_disagreement,
        -- the address shown is where the numerator stands, or else the printed figure, or else the denominator
        arg_min(
            {
                'witness_kind': witness_kind,
                'precedence': precedence,
                'source_url': source_url,
                'captured_at': captured_at
            },
            case measure when numerator_measure then 1 when printed_measure then 2 else 3 end
        ) filter (measure in (numerator_measure, printed_measure, denominator_measure)) as origin,
        string_agg(distinct note, '; ' order by note)
        filter (measure in (numerator_measure, printed_measure) and witness_kind <> 'statistics page')
            as note,
    from stated_limit_first
    where limit_days = chosen_limit_days or measure = denominator_measure
    group by indicator, gss_code, period_start, period_end, document
),

reported_years as (
    select distinct
        figures.indicator,
        figures.period_start,
        figures.period_end,
    from figures
    inner join core.periods as periods
        using (period_start, period_end)
    where periods.is_financial_year
),

spine as (
    select
        reported_years.indicator,
        councils.gss_code,
        reported_years.period_start,
        reported_years.period_end,
    from reported_years
    inner join core.councils as councils
        on
            (councils.valid_from is null or reported_years.period_start >= councils.valid_from)
            and (councils.valid_to is null or reported_years.period_end <= councils.valid_to)

    union

    select
        indicator,
        gss_code,
        period_start,
        period_end,
    from figures
),

counted as (
    select
        spine.indicator,
        spine.gss_code,
        spine.period_start,
        spine.period_end,
        periods.period_label,
        periods.is_financial_year,
        indicators.kind,
        indicators.per,
        indicators.unit,
        indicators.family,
        indicators.is_upper_tier_only and not councils.is_upper_tier as is_not_applicable,
        councils.valid_to is not null and councils.valid_to < spine.period_end as is_after_abolition,
        figures.* exclude (indicator, gss_code, period_start, period_end, origin, printed_denominator),
        figures.printed_denominator.value as printed_denominator,
        figures.printed_denominator.doubt as denominator_doubt,
        figures.printed_denominator.document as denominator_document,
        figures.origin.witness_kind,
        figures.origin.precedence,
        figures.origin.source_url,
        figures.origin.captured_at,
        copies.is_truncated,
        populations.year as population_year,
        populations.first_release_population,
        case indicators.kind
            when 'rate' then populations.first_release_population
            else
                coalesce(
                    figures.printed_denominator.value, figures.base_of_numerator, figures.base_of_printed
                )
        end as denominator,
    from spine
    inner join core.indicators as indicators
        using (indicator)
    inner join core.councils as councils
        using (gss_code)
    inner join core.periods as periods
        using (period_start, period_end)
    left join figures
        using (indicator, gss_code, period_start, period_end)
    left join core.page_copies as copies
        using (gss_code, period_start, period_end)
    -- the Ombudsman divides by the estimate for the middle of the year before the financial year starts
    left join core.populations as populations
        on
            spine.gss_code = populations.gss_code
            and if(periods.is_financial_year, year(spine.period_start) - 1, null) = populations.year
),

-- what a value rests on: the counts that make it, or as much of it as there is
founded as (
    select
        *,
        cast(ceil((printed_value - 0.5) * denominator / 100) as bigint) as fewest,
        cast(ceil((printed_value + 0.5) * denominator / 100) as bigint) - 1 as most,
        if(
            kind = 'proportion' and denominator > 0 and greatest(fewest, 0) = least(most, denominator),
            greatest(fewest, 0),
            null
        ) as only_numerator,
        coalesce(printed_numerator, only_numerator) as numerator,
        case
            when printed_numerator is not null then 'printed'
            when only_numerator is not null then 'worked out'
        end as numerator_basis,
        denominator > 0
        and numerator is not null
        and (kind = 'rate' or numerator <= denominator)
        and not is_not_applicable as is_computable,
        coalesce(numerator_basis <> 'printed', true) as is_from_printed,
    from counted
),

judged as (
    select
        *,
        is_computable
        and kind = 'proportion'
        and coalesce(
            if(is_from_printed, printed_document, numerator_document)
            <> case
                when printed_denominator is not null then denominator_document
                when base_of_numerator is not null then numerator_document
                else printed_document
            end,
            true
        ) as is_of_two_sources,
        nullif(
            concat_ws(
                '; ',
                numerator_doubt,
                if(
                    kind = 'proportion' and denominator_doubt is distinct from numerator_doubt,
                    denominator_doubt,
                    null
                ),
                if(
                    is_from_printed
                    and printed_doubt is distinct from numerator_doubt
                    and printed_doubt is distinct from denominator_doubt,
                    printed_doubt,
                    null
                )
            ),
            ''
        ) as doubt,
    from founded
),

-- of one source and undoubted, else of one source, else whatever there is
chosen as (
    select
        * exclude (printed_value, printed_text, printed_average, has_disagreement),
        coalesce(printed_value, max(printed_value) filter (document = 'any') over figure) as printed_value,
        coalesce(printed_text, max(printed_text) filter (document = 'any') over figure) as printed_text,
        coalesce(printed_average, max(printed_average) filter (document = 'any') over figure)
            as printed_average,
        bool_or(has_disagreement) over figure as has_disagreement,
        row_number() over (
            figure
            order by
                case
                    when is_computable and not is_of_two_sources and doubt is null then 1
                    when is_computable and not is_of_two_sources then 2
                    when document = 'any' then 3
                    else 4
                end asc,
                precedence asc nulls last,
                source_url asc nulls last,
                captured_at desc nulls last,
                document asc
        ) as choice,
    from judged
    window figure as (partition by indicator, gss_code, period_start, period_end)
),

valued as (
    select
        *,
        is_computable and not is_of_two_sources and doubt is null as is_computed,
        numerator / nullif(denominator, 0) as share,
        1.959963984540054 as z_95,
    from chosen
    where choice = 1
),

limited as (
    select
        valued.*,
        exact.lower_95 as exact_lower,
        exact.upper_95 as exact_upper,
        -- multiplied out below: a power differs in its last digit with the processor
        1 - 1 / (9 * greatest(numerator, 1)) - z_95 / (3 * sqrt(greatest(numerator, 1))) as byar_lower,
        1 - 1 / (9 * (greatest(numerator, 0) + 1))
        + z_95 / (3 * sqrt(greatest(numerator, 0) + 1)) as byar_upper,
        if(is_computed and kind = 'proportion', share, null) as proportion,
        proportion + z_95 * z_95 / (2 * denominator) as wilson_middle,
        z_95
        * sqrt(proportion * (1 - proportion) / denominator + z_95 * z_95 / (4 * denominator ** 2))
            as wilson_reach,
        1 + z_95 * z_95 / denominator as wilson_scale,
    from valued
    left join core.poisson_limits as exact
        on if(valued.kind = 'rate', valued.numerator, null) = exact.cases
)

select
    indicator,
    gss_code,
    period_start,
    period_end,
    period_label,
    is_financial_year,
    cast(numerator as bigint) as numerator,
    numerator_basis,
    cast(denominator as bigint) as denominator,
    if(is_computed, per * share, null) as value,
    case
        when not is_computed then null
        when numerator = 0 then 0
        when kind = 'proportion' then per * ((wilson_middle - wilson_reach) / wilson_scale)
        when exact_lower is not null then per * exact_lower / denominator
        else per * numerator * byar_lower * byar_lower * byar_lower / denominator
    end as lower_95,
    case
        when not is_computed then null
        when kind = 'proportion' and numerator = denominator then per
        when kind = 'proportion' then per * ((wilson_middle + wilson_reach) / wilson_scale)
        when exact_upper is not null then per * exact_upper / denominator
        else per * (numerator + 1) * byar_upper * byar_upper * byar_upper / denominator
    end as upper_95,
    unit,
    printed_value,
    printed_text,
    printed_average,
    coalesce(kind = 'proportion' and denominator < 30, false) as is_small_base,
    case
        when is_computed then null
        when is_not_applicable then 'not applicable'
        when denominator = 0 then 'no denominator'
        when kind = 'rate' and numerator is not null and denominator is null then 'no denominator'
        when numerator > denominator and kind = 'proportion' then 'numerator above denominator'
        when doubt is not null then 'doubted'
        when is_of_two_sources then 'two sources'
        when printed_value is not null then 'number of cases not printed'
        when numerator is not null then 'no denominator'
        when family = 'ombudsman' and is_truncated then 'copy truncated'
        when family = 'ombudsman' and not is_truncated then 'not published'
        else 'not held'
    end as missing_reason,
    if(is_of_two_sources, concat_ws('; ', 'its two counts are from two sources', doubt), doubt) as doubt,
    limit_days,
    population_year,
    is_after_abolition,
    coalesce(has_disagreement, false) as has_disagreement,
    witness_kind,
    source_url,
    note,
from limited
