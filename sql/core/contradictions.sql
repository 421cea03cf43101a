-- One row: one contradiction within one version of a page, table or document, and one figure that is part of it.
-- Every figure of a contradiction is named, because nobody can tell which of them is wrong. Rounding is no contradiction: half of
-- the last printed place in the Ombudsman's own papers, a whole one in others', who also cut off; a rate per head may be 5% off,
-- because the population that it was divided by may have been another estimate.
with parts as (
    select
        [
            'decided_incomplete_invalid', 'decided_advice_given', 'referred_back',
            'closed_after_initial_enquiries', 'not_upheld', 'upheld'
        ] as decisions,
        [
            'received_adult_care', 'received_benefits_tax', 'received_corporate',
            'received_education_childrens', 'received_environment_public_protection', 'received_highways',
            'received_housing', 'received_planning'
        ] as subjects,
),

documents as (
    select
        gss_code,
        period_start,
        period_end,
        procedure,
        stage,
        scope,
        limit_days,
        address,
        version,
        if(min(precedence) <= 2, 0.5, 1) as rounding,
        any_value(value) filter (measure = 'dealt_with') as dealt_with,
        any_value(value) filter (measure = 'not_for_us') as not_for_us,
        any_value(value) filter (measure = 'assessed_and_closed') as assessed_and_closed,
        any_value(value) filter (measure = 'investigated') as investigated,
        any_value(value) filter (measure = 'upheld') as upheld,
        any_value(value) filter (measure = 'not_upheld') as not_upheld,
        any_value(value) filter (measure = 'uphold_rate_pct') as uphold_rate_pct,
        any_value(value) filter (measure = 'upheld_per_100k') as upheld_per_100k,
        any_value(value) filter (measure = 'decided') as decided,
        any_value(value) filter (measure = 'received') as received,
        any_value(value) filter (measure = 'compliance_outcomes') as compliance_outcomes,
        any_value(value) filter (measure = 'complied_on_time') as complied_on_time,
        any_value(value) filter (measure = 'late_compliance') as late_compliance,
        any_value(value) filter (measure = 'not_complied') as not_complied,
        any_value(value) filter (measure = 'compliance_rate_pct') as compliance_rate_pct,
        any_value(value) filter (measure = 'satisfactory_remedies') as satisfactory_remedies,
        any_value(value) filter (measure = 'satisfactory_remedy_upheld_base') as remedy_base,
        any_value(value) filter (measure = 'satisfactory_remedy_rate_pct') as remedy_rate_pct,
        any_value(value) filter (measure = 'complaints_completed') as completed,
        any_value(value) filter (measure = 'complaints_completed_in_time') as completed_in_time,
        any_value(value) filter (measure = 'complaints_completed_late') as completed_late,
        any_value(value) filter (measure = 'complaints_in_time_pct') as in_time_pct,
        sum(value) filter (measure in ('not_for_us', 'assessed_and_closed', 'investigated'))
            as dealt_with_in_parts,
        max(value) filter (starts_with(measure, 'received_')) as largest_part_received,
        -- the parts of a whole, where the document gives all of them
        if(
            count(*) filter (list_contains(decisions, measure)) = any_value(len(decisions)),
            sum(value) filter (list_contains(decisions, measure)),
            null
        ) as decided_in_parts,
        if(
            count(*) filter (list_contains(subjects, measure)) = any_value(len(subjects)),
            sum(value) filter (starts_with(measure, 'received_')),
            null
        ) as received_in_parts,
        decisions,
        subjects,
    from core.document_figures
    cross join parts
    group by all
),

-- a rate, what it is of, and how many of the last printed decimal it may be off
rates as (
    select
        -- what was investigated, where a document gives only its two outcomes
        documents.* replace (coalesce(investigated, upheld + not_upheld) as investigated),
        populations.first_release_population as residents,
        rounding * if(uphold_rate_pct = floor(uphold_rate_pct), 1, 0.1) + 0.000001 as uphold_slack,
        rounding * if(compliance_rate_pct = floor(compliance_rate_pct), 1, 0.1)
        + 0.000001 as compliance_slack,
        rounding * if(remedy_rate_pct = floor(remedy_rate_pct), 1, 0.1) + 0.000001 as remedy_slack,
        coalesce(remedy_base, upheld) as remedies_of,
    from documents
    left join core.populations as populations
        on
            documents.gss_code = populations.gss_code
            and year(documents.period_start) - 1 = populations.year
            and documents.period_end = documents.period_start + interval 1 year - interval 1 day
),

contradictions as (
    select
        *,
        unnest(
            [
                {
                    'is_contradicted': dealt_with <> not_for_us + assessed_and_closed + investigated
                    or dealt_with < dealt_with_in_parts
                    or dealt_with < upheld,
                    'reason': format(
                        '{:.0f} dealt with are not the {:.0f} that what became of them adds up to',
                        dealt_with, greatest(dealt_with_in_parts, upheld)
                    ),
                    'measures': [
                        'dealt_with',
                        'not_for_us',
                        'assessed_and_closed',
                        'investigated',
                        if(dealt_with < upheld, 'upheld', null)
                    ]
                },
                {
                    'is_contradicted': upheld > investigated,
                    'reason': format('{:.0f} upheld are more than {:.0f} investigated', upheld, investigated),
                    'measures': ['upheld', 'investigated', 'uphold_rate_pct']
                },
                {
                    'is_contradicted': upheld + not_upheld <> investigated or not_upheld > investigated,
                    'reason': format(
                        '{}{:.0f} not upheld are not {:.0f} investigated',
                        coalesce(format('{:.0f} upheld and ', upheld), ''), not_upheld, investigated
                    ),
                    'measures': ['upheld', 'not_upheld', 'investigated']
                },
                {
                    'is_contradicted': investigated > 0
                    and upheld <= investigated
                    and abs(uphold_rate_pct - 100 * upheld / investigated) > uphold_slack,
                    'reason': format(
                        'the printed {:g}% is not {:.0f} of {:.0f}',
                        uphold_rate_pct, upheld, investigated
                    ),
                    'measures': ['uphold_rate_pct', 'upheld', 'investigated']
                },
                {
                    'is_contradicted': (investigated = 0 or upheld = 0) and uphold_rate_pct > 0,
                    'reason': format(
                        'the printed {:g}% is of 0 {}',
                        uphold_rate_pct, if(investigated = 0, 'investigated', 'upheld')
                    ),
                    'measures': ['uphold_rate_pct', 'upheld', 'investigated']
                },
                {
                    'is_contradicted': abs(upheld_per_100k - 100000 * upheld / residents)
                    > 0.1 + 0.05 * 100000 * upheld / residents,
                    'reason': format(
                        'the printed {:g} per 100,000 is not {:.0f} upheld among {:,.0f} residents',
                        upheld_per_100k, upheld, residents::double
                    ),
                    'measures': ['upheld_per_100k', 'upheld']
                },
                {
                    'is_contradicted': decided <> decided_in_parts
                    or decided < greatest(upheld, investigated),
                    'reason': format(
                        '{:.0f} decided are not the {:.0f} of the decisions',
                        decided, coalesce(decided_in_parts, greatest(upheld, investigated))
                    ),
                    'measures': list_concat(['decided', 'investigated'], decisions)
                },
                {
                    'is_contradicted': received <> received_in_parts or received < largest_part_received,
                    'reason': format(
                        '{:.0f} received are not the {:.0f} of the subjects',
                        received, coalesce(received_in_parts, largest_part_received)
                    ),
                    'measures': list_concat(['received', 'received_other'], subjects)
                },
                {
                    'is_contradicted': complied_on_time + late_compliance + coalesce(not_complied, 0)
                    <> compliance_outcomes
                    -- a table without the column of those not complied with leaves them out of the sum
                    and (
                        not_complied is not null or complied_on_time + late_compliance > compliance_outcomes
                    ),
                    'reason': format(
                        '{:.0f} complied on time, {:.0f} late and {:.0f} not are not {:.0f} outcomes',
                        complied_on_time, late_compliance, coalesce(not_complied, 0), compliance_outcomes
                    ),
                    'measures': [
                        'complied_on_time',
                        'late_compliance',
                        'not_complied',
                        'compliance_outcomes',
                        'compliance_rate_pct'
                    ]
                },
                {
                    'is_contradicted': greatest(late_compliance, not_complied) > compliance_outcomes,
                    'reason': format(
                        '{:.0f} late or not complied with are more than {:.0f} outcomes',
                        greatest(late_compliance, not_complied), compliance_outcomes
                    ),
                    'measures': ['late_compliance', 'not_complied', 'compliance_outcomes']
                },
                {
                    'is_contradicted': compliance_outcomes > 0
                    and abs(
                        compliance_rate_pct - 100 * (complied_on_time + late_compliance) / compliance_outcomes
                    )
                    > compliance_slack,
                    'reason': format(
                        'the printed {:g}% is not {:.0f} complied with of {:.0f}',
                        compliance_rate_pct, complied_on_time + late_compliance, compliance_outcomes
                    ),
                    'measures': [
                        'compliance_rate_pct', 'complied_on_time', 'late_compliance', 'compliance_outcomes'
                    ]
                },
                {
                    -- the nearest whole number of cases does not give the rate, so none does
                    'is_contradicted': compliance_outcomes > 0
                    and abs(
                        compliance_rate_pct
                        - 100 * round(compliance_rate_pct * compliance_outcomes / 100) / compliance_outcomes
                    ) > compliance_slack,
                    'reason': format(
                        'the printed {:g}% is no whole number of {:.0f} outcomes',
                        compliance_rate_pct, compliance_outcomes
                    ),
                    'measures': ['compliance_rate_pct', 'compliance_outcomes']
                },
                {
                    'is_contradicted': satisfactory_remedies = 0 and remedy_rate_pct > 0,
                    'reason': format('the printed {:g}% is of 0 satisfactory remedies', remedy_rate_pct),
                    'measures': ['satisfactory_remedy_rate_pct', 'satisfactory_remedies']
                },
                {
                    'is_contradicted': satisfactory_remedies > least(remedies_of, upheld),
                    'reason': format(
                        '{:.0f} satisfactory remedies are more than {:.0f} upheld',
                        satisfactory_remedies, least(remedies_of, upheld)
                    ),
                    'measures': [
                        'satisfactory_remedies',
                        'satisfactory_remedy_upheld_base',
                        'satisfactory_remedy_rate_pct',
                        'upheld'
                    ]
                },
                {
                    'is_contradicted': remedy_base <> upheld,
                    'reason': format(
                        'remedies are counted of {:.0f} upheld, but {:.0f} were upheld',
                        remedy_base, upheld
                    ),
                    'measures': ['satisfactory_remedy_upheld_base', 'satisfactory_remedy_rate_pct', 'upheld']
                },
                {
                    'is_contradicted': remedies_of > 0
                    and satisfactory_remedies <= remedies_of
                    and abs(remedy_rate_pct - 100 * satisfactory_remedies / remedies_of) > remedy_slack,
                    'reason': format(
                        'the printed {:g}% is not {:.0f} of {:.0f}',
                        remedy_rate_pct, satisfactory_remedies, remedies_of
                    ),
                    'measures': [
                        'satisfactory_remedy_rate_pct',
                        'satisfactory_remedies',
                        'satisfactory_remedy_upheld_base'
                    ]
                },
                {
                    'is_contradicted': greatest(completed_in_time, completed_late) > completed
                    or completed_in_time + completed_late <> completed,
                    'reason': format(
                        '{:.0f} completed are not {} in time and {} late',
                        completed,
                        coalesce(format('{:.0f}', completed_in_time), 'those'),
                        coalesce(format('{:.0f}', completed_late), 'those')
                    ),
                    'measures': [
                        'complaints_completed', 'complaints_completed_in_time', 'complaints_completed_late'
                    ]
                },
                {
                    'is_contradicted': completed > 0
                    and completed_in_time <= completed
                    and abs(in_time_pct - 100 * completed_in_time / completed) > 1.000001,
                    'reason': format(
                        'the printed {:g}% is not {:.0f} of {:.0f}',
                        in_time_pct, completed_in_time, completed
                    ),
                    'measures': [
                        'complaints_in_time_pct', 'complaints_completed_in_time', 'complaints_completed'
                    ]
                }
            ],
            recursive := true
        ) as contradiction,
    from rates
),

-- one of the measures may be missing from the document
named as (
    select
        * exclude (is_contradicted, measures),
        unnest(measures) as measure,
    from contradictions
    where is_contradicted
)

select
    gss_code,
    period_start,
    period_end,
    measure,
    procedure,
    stage,
    scope,
    limit_days,
    address,
    version,
    reason,
from named
semi join core.document_figures
    using (gss_code, period_start, period_end, measure, procedure, stage, scope, limit_days, address, version)
