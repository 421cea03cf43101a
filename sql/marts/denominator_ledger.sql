-- One row: one council in one financial year compared with one comparator group: its upheld complaints over each thing they can be
-- divided by, and which way each points.
-- Each ratio is compared with that of the peers with both counts, pooled without the council. With under five of them it points
-- nowhere, as there is no verdict either. A ratio points higher or lower only beyond chance: where Newcombe's interval of the
-- difference (1998) leaves out zero. Only two that do, and point different ways, make the story hang on the denominator.
with counts as (
    select
        figures.gss_code,
        figures.period_start,
        figures.period_end,
        any_value(figures.period_label) as period_label,
        arg_min(
            { 'cases': figures.numerator, 'source': figures.source_url },
            figures.indicator = 'upheld_per_100k'
        )
        filter (figures.indicator in ('uphold_rate', 'upheld_per_100k') and figures.numerator is not null)
            as upheld,
        any_value(figures.denominator) filter (figures.indicator = 'uphold_rate') as investigated,
        arg_min(
            {
                'cases': if(figures.indicator = 'share_investigated', figures.denominator, figures.numerator),
                'source': figures.source_url
            },
            figures.indicator = 'dealt_with_per_100k'
        )
        filter (
            (figures.indicator = 'share_investigated' and figures.denominator is not null)
            or (figures.indicator = 'dealt_with_per_100k' and figures.numerator is not null)
        )
            as dealt_with,
        any_value(figures.denominator) filter (figures.indicator = 'upheld_per_100k') as residents,
    from marts.indicator_values as figures
    where
        figures.indicator in ('uphold_rate', 'upheld_per_100k', 'share_investigated', 'dealt_with_per_100k')
        and figures.is_financial_year
        and not figures.is_after_abolition
        and figures.doubt is null
    group by all
),

-- complaints upheld and dealt with make a share only where one source gives both
counts_of_one_source as (
    select
        counts.* exclude (upheld, dealt_with),
        counts.upheld.cases as upheld,
        if(
            counts.upheld.source is not distinct from counts.dealt_with.source, counts.dealt_with.cases, null
        ) as dealt_with,
    from counts
),

bases as (
    select
        * exclude (investigated, dealt_with, residents),
        unnest(
            [
                { 'base': 'investigated', 'per': 100, 'denominator': investigated },
                { 'base': 'dealt with', 'per': 100, 'denominator': dealt_with },
                { 'base': 'residents', 'per': 100000, 'denominator': residents }
            ],
            recursive := true
        ) as divided,
    from counts_of_one_source
),

-- a count above what it is counted from is an error in one of them, so it makes no ratio
ratios as (
    select *,
    from bases
    where upheld is not null and denominator > 0 and upheld <= denominator
),

beside_peers as (
    select
        ours.*,
        groups.comparator_group,
        count(theirs.denominator) as peers_with_data,
        sum(theirs.upheld) as pooled_upheld,
        cast(sum(theirs.denominator) as double) as pooled_denominator,
    from ratios as ours
    inner join core.comparators as groups
        using (gss_code)
    left join ratios as theirs
        on
            groups.comparator_gss_code = theirs.gss_code
            and ours.period_start = theirs.period_start
            and ours.period_end = theirs.period_end
            and ours.base = theirs.base
    group by all
),

-- Wilson's interval of either: its middle and half its width
intervals as (
    select
        *,
        per * upheld / denominator as value,
        per * pooled_upheld / pooled_denominator as pooled_value,
        upheld / denominator as share,
        pooled_upheld / pooled_denominator as pooled_share,
        1.959963984540054 ** 2 as z2,
        (share + z2 / (2 * denominator)) / (1 + z2 / denominator) as middle,
        sqrt(z2 * (share * (1 - share) / denominator + z2 / (4 * denominator ** 2)))
        / (1 + z2 / denominator) as half,
        (pooled_share + z2 / (2 * pooled_denominator)) / (1 + z2 / pooled_denominator) as pooled_middle,
        sqrt(
            z2 * (pooled_share * (1 - pooled_share) / pooled_denominator + z2 / (4 * pooled_denominator ** 2))
        )
        / (1 + z2 / pooled_denominator) as pooled_half,
    from beside_peers
),

pointed as (
    select
        *,
        case
            when peers_with_data < 5 then null
            when
                share - pooled_share
                > sqrt((share - middle + half) ** 2 + (pooled_middle + pooled_half - pooled_share) ** 2)
                then 'higher'
            when
                pooled_share - share
                > sqrt((middle + half - share) ** 2 + (pooled_share - pooled_middle + pooled_half) ** 2)
                then 'lower'
            else 'not told apart'
        end as points,
    from intervals
)

select
    gss_code,
    period_start,
    period_end,
    comparator_group,
    any_value(period_label) as period_label,
    any_value(upheld) as upheld,
    any_value(denominator) filter (base = 'investigated') as investigated,
    any_value(value) filter (base = 'investigated') as upheld_of_investigated_pct,
    any_value(pooled_value) filter (base = 'investigated') as peers_upheld_of_investigated_pct,
    any_value(points) filter (base = 'investigated') as by_investigated,
    any_value(denominator) filter (base = 'dealt with') as dealt_with,
    any_value(value) filter (base = 'dealt with') as upheld_of_dealt_with_pct,
    any_value(pooled_value) filter (base = 'dealt with') as peers_upheld_of_dealt_with_pct,
    any_value(points) filter (base = 'dealt with') as by_dealt_with,
    any_value(denominator) filter (base = 'residents') as residents,
    any_value(value) filter (base = 'residents') as upheld_per_100k,
    any_value(pooled_value) filter (base = 'residents') as peers_upheld_per_100k,
    any_value(points) filter (base = 'residents') as by_residents,
    if(
        count(points) < 2, null, count(distinct points) filter (points <> 'not told apart') > 1
    ) as has_flip,
from pointed
group by gss_code, period_start, period_end, comparator_group
