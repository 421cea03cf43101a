-- One row: one figure of one version of a page, table or document that cannot stand as it is, with the reasons: it contradicts
-- its other figures, its document also gives another, it is out by about ten times, or whoever gathered it noted that its year is doubtful.
-- A doubted figure is kept and shown, and is in no comparison until data/ombudsman/vouched_figures.csv says that it is right.
with reasons as (
    select *,
    from core.contradictions

    union all by name

    select *,
    from core.jumps

    union all by name

    select
        *,
        'whoever gathered it doubts its year: ' || note as reason,
    from core.document_figures
    where contains(lower(note), 'doubtful')

    union all by name

    -- a table with two rows of one council, differently spelt; less than one apart is rounding
    select
        gss_code,
        period_start,
        period_end,
        measure,
        procedure,
        stage,
        scope,
        coalesce(limit_days, 0) as limit_days,
        address,
        coalesce(capture_sha256, 'shipped') as version,
        'its document gives it as '
        || string_agg(distinct as_printed, ' and as ' order by as_printed) as reason,
    from core.readings
    where problem is null and kept_apart is null
    group by all
    having max(value) - min(value) >= 1
),

vouched as (
    select
        names.gss_code,
        entries.period_start,
        entries.period_end,
        entries.measure,
        entries.value,
        any_value(entries.reason) as vouched_reason,
        any_value(entries.author_role) as vouched_by,
    from staging.vouched_figures as entries
    inner join core.council_names as names
        on fold_name(entries.council_slug) = names.folded_name
    group by all
)

select
    figures.gss_code,
    figures.period_start,
    figures.period_end,
    figures.measure,
    figures.procedure,
    figures.stage,
    figures.scope,
    figures.limit_days,
    figures.address,
    figures.version,
    any_value(figures.value) as value,
    any_value(figures.as_printed) as as_printed,
    any_value(figures.source_url) as source_url,
    string_agg(distinct reasons.reason, '; ' order by reasons.reason) as reason,
    any_value(vouched.vouched_reason) as vouched_reason,
    any_value(vouched.vouched_by) as vouched_by,
    count(vouched.gss_code) > 0 as is_vouched,
from reasons
inner join core.document_figures as figures
    using (gss_code, period_start, period_end, measure, procedure, stage, scope, limit_days, address, version)
left join vouched
    on
        figures.gss_code = vouched.gss_code
        and figures.period_start = vouched.period_start
        and figures.period_end = vouched.period_end
        and figures.measure = vouched.measure
        and figures.value = vouched.value
group by all
