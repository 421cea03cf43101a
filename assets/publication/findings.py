"""What a publication says, read from the marts once and shown the same everywhere."""

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import Any

import duckdb

from assets.publication.funnels import limits
from assets.wording.small_counts import protected_together, unprotected
from assets.wording.words import group_in_words
from warehouse.councils import Council
from warehouse.queries import Rows, ask
from warehouse.showing import isolate_bidi

# the tables that need only the council, its year or its group to be asked for
PLAIN = (
    "newest_figures",
    "statements",
    "peers",
    "practices",
    "quarantined",
    "taken_in",
    "disagreements",
    "doubted",
    "restatements",
    "failed_checks",
    "check_counts",
    "coverage",
    "sources",
    "changes",
    "provenance",
    "answers",
    "stage2_elsewhere",
    "peer_returns",
    "plan_actions",
    "plan_targets",
    "plan_resolutions",
    "ledger",
    "learn_from",
    "replies",
)
OWN = (
    "own_timeliness",
    "own_quarters",
    "own_incidence",
    "own_charts",
    "own_chart_totals",
    "own_steps",
    "own_open",
    "own_services",
    "own_escalation",
    "own_leave_out",
    "own_capacity",
    "own_compliments",
    "own_extracts",
    "case_days",
)


@dataclass(frozen=True)
class Findings:
    """Everything that one publication shows about one council, for every comparator group it has.

    headlines: one row an indicator of a service that the council has. groups: one row a comparator group, the leading
    one first. beside: for each group and indicator, the row of marts.comparisons, where there is one; standings: its
    verdict, place and benchmark; trends: where it is going. funnels: for each indicator, the limits of its funnel.
    councils: for each indicator, the councils of its year. years: for each group and indicator, its years and the
    group's. rows: every other table by the name of its query. own: the council's own cases, by the name of the query,
    small counts marked as hidden. is_internal: whether none is hidden, so that the pages are not to be handed out.
    """

    council: Council
    comparator_group: str
    year: str
    headlines: Rows
    groups: Rows
    beside: dict[str, dict[str, dict[str, Any]]]
    standings: dict[str, dict[str, dict[str, Any]]]
    trends: dict[str, dict[str, dict[str, Any]]]
    funnels: dict[str, Rows]
    councils: dict[str, Rows]
    years: dict[str, dict[str, Rows]]
    rows: dict[str, Rows]
    own: dict[str, Rows]
    is_internal: bool = False

    @property
    def is_illustrative(self) -> bool:
        """Whether the council is invented, which its pages must say."""
        # the ONS codes of England begin with E
        return self.council.gss_code.startswith("X")

    @property
    def has_childrens_services(self) -> bool:
        """Whether the council has children's and adults' social care."""
        return self.council.has_childrens_services

    @property
    def has_own(self) -> bool:
        """Whether anything of the council's own cases is there."""
        return any(self.own.values())

    @property
    def stage_2_elsewhere(self) -> Rows:
        """Other authorities' Stage 2 in time, without the procedures that the council does not have."""
        rows = self.rows["stage2_elsewhere"]
        return [row for row in rows if self.has_childrens_services or row["procedure"] == "corporate"]

    @property
    def absent(self) -> Rows:
        """The indicators without any figure of the council."""
        return [head for head in self.headlines if head["period_start"] is None]

    @property
    def group(self) -> str:
        """The leading comparators in words."""
        return str(self.groups[0]["words"])

    @property
    def series(self) -> dict[str, Rows]:
        """The years of each indicator, with the leading comparators'."""
        return self.years.get(self.comparator_group, {})

    @property
    def newest(self) -> dict[str, Any]:
        """How new the Ombudsman's newest figures are."""
        return self.rows["newest_figures"][0]

    def comparison(self, indicator: str, comparator_group: str = "") -> dict[str, Any] | None:
        """The council compared with one group (the leading one by default) for one indicator, or nothing."""
        return self.beside.get(comparator_group or self.comparator_group, {}).get(indicator)

    def standing(self, indicator: str, comparator_group: str = "") -> dict[str, Any] | None:
        """The verdict, rank and benchmark in one group (the leading one by default), or nothing."""
        return self.standings.get(comparator_group or self.comparator_group, {}).get(indicator)

    def trend(self, indicator: str, comparator_group: str = "") -> dict[str, Any] | None:
        """Where the indicator is going, alone and against one group (the leading one by default), or nothing."""
        return self.trends.get(comparator_group or self.comparator_group, {}).get(indicator)

    def of(self, query: str, head: dict[str, Any]) -> Rows:
        """The rows of a query about the indicator of `head`, in its year where the rows have one."""
        return [
            row
            for row in self.rows[query]
            if row["indicator"] == head["indicator"]
            and row.get("period_start", head["period_start"]) == head["period_start"]
        ]


def read_findings(
    connection: duckdb.DuckDBPyConnection,
    council: Council,
    comparator_group: str,
    year: str,
    is_internal: bool = False,
) -> Findings:
    """The findings about `council`, led by `comparator_group`, in `year` or each indicator's latest.

    is_internal: with small counts of the council's own cases as they are."""
    guarded = unprotected if is_internal else protected_together
    about: dict[str, Any] = {
        "council": council.gss_code,
        "comparators": comparator_group,
        "year": year,
        "lgsco_type": council.lgsco_type,
    }
    headlines = [
        row
        for row in ask(connection, "headlines", **about)
        if council.has_childrens_services or not row["is_upper_tier_only"]
    ]
    dated = {row["indicator"]: row for row in headlines if row["period_start"] is not None}
    groups = [
        {**row, "words": group_in_words(row["comparator_group"], row["title"], council.lgsco_type)}
        for row in ask(connection, "comparator_groups", **about)
        if row["councils"] or row["comparator_group"] == comparator_group
    ]
    beside = _in_its_year(ask(connection, "comparisons", **about), dated)
    standings = _in_its_year(ask(connection, "standings", **about), dated)
    trends: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
    for row in ask(connection, "trends", **about):
        trends[row["comparator_group"]][row["indicator"]] = row
    years: dict[str, dict[str, Rows]] = defaultdict(lambda: defaultdict(list))
    for row in ask(connection, "series", **about):
        years[row["comparator_group"]][row["indicator"]].append(row)
    councils: dict[str, Rows] = {indicator: [] for indicator in dated}
    for row in ask(
        connection,
        "councils_in_year",
        indicators=list(dated),
        period_starts=[head["period_start"] for head in dated.values()],
        period_ends=[head["period_end"] for head in dated.values()],
        **about,
    ):
        councils[row["indicator"]].append(row)
    return Findings(
        council=replace(council, nice_name=isolate_bidi(council.nice_name)),
        comparator_group=comparator_group,
        year=year,
        headlines=headlines,
        groups=sorted(groups, key=lambda row: row["comparator_group"] != comparator_group),
        beside=beside,
        standings=standings,
        trends=dict(trends),
        funnels={indicator: limits(dated[indicator], rows, comparator_group) for indicator, rows in councils.items()},
        councils=councils,
        years={group: dict(by_indicator) for group, by_indicator in years.items()},
        rows=guarded({query: ask(connection, query, **about) for query in PLAIN}),
        own=guarded({query: ask(connection, query, **about) for query in OWN}),
        is_internal=is_internal,
    )


def _in_its_year(rows: Rows, dated: dict[str, dict[str, Any]]) -> dict[str, dict[str, dict[str, Any]]]:
    """The rows of each indicator's year, by comparator group and indicator, with the indicator's unit."""
    found: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
    for row in rows:
        head = dated.get(row["indicator"])
        if head and (row["period_start"], row["period_end"]) == (head["period_start"], head["period_end"]):
            found[row["comparator_group"]][row["indicator"]] = {**row, "unit": head["unit"]}
    return dict(found)
