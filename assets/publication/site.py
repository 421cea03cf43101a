"""The site: every page and download of one publication, as bytes by path. Nothing in it asks anything of elsewhere."""

import base64
import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache, cached_property
from itertools import groupby
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from assets.improvement.measures import register_measures
from assets.improvement.store import SignOff
from assets.publication import briefing, charts, own_charts, pack, reliability
from assets.publication.changes import Change, by_kind
from assets.publication.charts import Chart
from assets.publication.facts import Facts
from assets.publication.findings import Findings, Rows
from assets.publication.inert import link, links, rows_as_csv, whole_years
from assets.publication.word import word_file
from assets.wording import own, sentences, words
from warehouse.contracts import Contract
from warehouse.files import declaration
from warehouse.names import Relation

HERE = Path(__file__).parent
STYLE = (HERE / "static" / "style.css").read_text(encoding="utf-8")
IDEAS: list[dict[str, Any]] = declaration(HERE / "ideas.yml")
WHY: dict[str, str] = declaration(HERE / "why.yml")
GLOSSARY: dict[str, str] = declaration(HERE / "glossary.yml")
SCRIPT = (HERE / "static" / "tables.js").read_text(encoding="utf-8")
PAGES = [
    ("index.html", "Briefing"),
    ("panel-pack.html", "Panel pack"),
    ("measures.html", "Measures"),
    ("our-complaints.html", "Our complaints"),
    ("ideas.html", "Ideas from other councils"),
    ("peers.html", "Which councils we compare with"),
    ("about.html", "About the figures"),
]
# not in the navigation: the panel pack leads to it
ANNUAL_REPORT = ("annual-report.html", "Annual report")
WORD_FILES = [("panel-pack.html", "Panel pack"), ANNUAL_REPORT]


@dataclass(frozen=True)
class Edition:
    """Which edition this is: its id, its day, what changed since the publication before, and how it is signed off."""

    identity: str
    published: date
    previous: str = ""
    changes: list[Change] = field(default_factory=list)
    sign_off: SignOff | None = None
    is_internal: bool = False

    @property
    def is_draft(self) -> bool:
        """Whether nobody has signed it off, or its sign-off was taken back."""
        return self.sign_off is None or self.sign_off.state == "draft"

    @property
    def mark(self) -> str:
        """What stands before the title of each sheet of a workbook that is not for everybody's use."""
        return "Internal. " if self.is_internal else "Draft. " if self.is_draft else ""

    @property
    def state(self) -> str:
        """The state in words, with the role and day of whoever set it."""
        if self.is_internal:
            return "Internal: shows small counts. Do not publish or hand out"
        if self.sign_off is None or self.is_draft:
            return "Draft: not checked and not approved"
        day = words.day(date.fromisoformat(self.sign_off.day))
        return f"{self.sign_off.state.capitalize()} on {day} by role: {self.sign_off.role}"


def hashed(text: str) -> str:
    """The hash by which a page's policy lets its own style or script in."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def ideas(findings: Findings) -> list[tuple[str, Rows]]:
    """The practices of ideas.yml by the concern that each speaks to, without those that we do not have."""
    known = {(row["body_name"], row["theme"]): row for row in findings.rows["practices"]}
    found = [
        (group["concern"], [known[name] for name in map(tuple, group["practices"]) if name in known]) for group in IDEAS
    ]
    return [(concern, practices) for concern, practices in found if practices]


@cache
def _environment() -> jinja2.Environment:
    """The templates, read and compiled once a process, with what is the same on the pages of every council."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        style=Markup(STYLE),  # noqa: S704 (our own file)
        script=Markup(SCRIPT),  # noqa: S704 (our own file)
        style_hash=hashed(STYLE),
        script_hash=hashed(SCRIPT),
        words=words,
        say=sentences,
        own_say=own,
        link=link,
        links=links,
        glossary=GLOSSARY,
    )
    environment.filters["whole_years"] = whole_years
    return environment


def every_council(rows: Rows) -> bytes:
    """The page over all councils. rows: as every_council.sql gives them, each with the `address` of what is published
    about the council, or none."""
    return _environment().get_template("every-council.html.j2").render(rows=rows, path="").encode()


@dataclass(frozen=True)
class Site:
    """One publication's pages."""

    findings: Findings
    contracts: Mapping[Relation, Contract]
    edition: Edition
    briefing: briefing.Briefing

    def files(self) -> dict[str, bytes]:
        """Every file of the site by its path, pages and downloads."""
        files = {}

        def put(drawn: Iterable[Chart], name: str) -> None:
            for chart in drawn:
                files[f"downloads/{name}-{chart.kind}.svg"] = chart.wide.encode()
                files[f"downloads/{name}-{chart.kind}.png"] = chart.png

        for path, _ in [*self.pages, ANNUAL_REPORT]:
            files[path] = self.page(path)
        for path, title in WORD_FILES:
            file = f"downloads/{path.removesuffix('.html')}.docx"
            files[file] = word_file(files[path], f"{title}: {self.findings.council.nice_name}", self.edition.published)
        put([*self._stage_2_charts, *(one["drawn"] for one in self._control_charts)], "our-complaints")
        for head in self.findings.headlines:
            name = head["indicator"]
            drawn = {chart.kind: chart for chart in self._charts(head)}
            files[f"indicator/{name}.html"] = self._page(
                "indicator.html.j2",
                f"indicator/{name}.html",
                head["short_title"],
                head=head,
                **self._indicator(head, drawn),
            )
            if rows := self.findings.councils.get(name):
                files[f"downloads/{name}.csv"] = rows_as_csv(rows)
            put(drawn.values(), name)
        return files

    @property
    def pages(self) -> list[tuple[str, str]]:
        """The pages in the navigation: that of the council's own cases only where there are any."""
        return [one for one in PAGES if self.findings.has_own or one[0] != "our-complaints.html"]

    def page(self, path: str) -> bytes:
        """One of `PAGES`, or the annual report, by its path."""
        return self._page(f"{path}.j2", path, dict([*PAGES, ANNUAL_REPORT])[path])

    @cached_property
    def _shared(self) -> dict[str, Any]:
        """What every page of this site may speak of."""
        facts = Facts(self.contracts)
        findings = self.findings
        return {
            "findings": findings,
            "pages": self.pages,
            "council": findings.council.nice_name,
            "rows": findings.rows,
            "edition": self.edition,
            "fact": facts.fact,
            "cell": facts.cell,
            "about": facts.about,
            "group_words": {group["comparator_group"]: group["words"] for group in findings.groups},
            "group_choices": [[group["comparator_group"], group["words"]] for group in findings.groups],
        }

    def _page(self, template: str, path: str, title: str, **context: Any) -> bytes:
        rendered = (
            _environment()
            .get_template(template)
            .render(
                path=path,
                title=title,
                root="../" * path.count("/"),
                **self._shared,
                **self._context(path),
                **context,
            )
        )
        return rendered.encode()

    def _context(self, path: str) -> dict[str, Any]:
        findings = self.findings
        if path == "index.html":
            return {
                "briefing": self.briefing,
                "newest_figures": briefing.newest_figures(findings, self.edition.published),
            }
        if path == "measures.html":
            return {
                "has_trend": any(
                    sentences.trend_text(row).text for of_group in findings.trends.values() for row in of_group.values()
                ),
                "targets": sorted(
                    (row for row in findings.rows["statements"] if sentences.is_stage_2_statement(row)),
                    key=lambda row: (row["period_end"] is None, row["procedure"] != "children_statutory"),
                ),
                "measured": [row for row in findings.headlines if row["family"] == "ombudsman" and row["period_start"]],
                "own": [row for row in findings.headlines if row["family"] != "ombudsman" and row["value"] is not None],
                "needed": sentences.needed(findings.absent, findings.has_own),
            }
        if path == "panel-pack.html":
            return {
                "answered": pack.answered(findings),
                "unanswered": pack.unanswered(findings),
                "measures": self.briefing.measures,
                "what_changed": by_kind(self.edition.changes),
                "stage_2_charts": self._stage_2_charts,
            }
        if path == "our-complaints.html":
            return {
                "own": findings.own,
                "replies": [row for row in findings.rows["replies"] if row["indicator"] in register_measures()],
                "stage_2_charts": self._stage_2_charts,
                "control_charts": self._control_charts,
            }
        if path == "about.html":
            published = findings.rows["coverage"]
            return {
                "cautions": reliability.cautions(findings, self.edition.published),
                "coverage_years": sorted({row["period_label"] for row in published}, reverse=True),
                "coverage": [
                    (years[0], {row["period_label"]: row for row in years})
                    for years in (list(rows) for _, rows in groupby(published, key=lambda row: row["indicator"]))
                ],
                "set_aside": Counter(
                    (row["problem"], row["what_to_do"]) for row in findings.rows["quarantined"]
                ).most_common(),
            }
        if path == ANNUAL_REPORT[0]:
            return {"unanswered": pack.unanswered(findings)}
        if path == "ideas.html":
            return {"ideas": ideas(findings)}
        return {}

    def _charts(self, head: dict[str, Any]) -> list[Chart]:
        """The indicator's charts, each titled with its finding."""
        findings, name = self.findings, head["indicator"]
        group = findings.comparator_group
        rows = [
            row for row in findings.councils.get(name, []) if row["is_subject"] or group in row["comparator_groups"]
        ]
        compared, standing = findings.comparison(name) or {}, findings.standing(name) or {}
        titles = self._titles(head)
        average, best = compared.get("pooled_value"), standing.get("benchmark")
        found = [
            charts.caterpillar(titles["caterpillar"], rows, head, average, best),
            charts.funnel(titles["funnel"], rows, head, findings.funnels.get(name, [])),
            charts.years(titles["years"], findings.series.get(name, []), head, findings.council.nice_name),
        ]
        return [chart for chart in found if chart is not None]

    @cached_property
    def _stage_2_charts(self) -> list[Chart]:
        """Stage 2 of the council's own cases: the share in time, and the days of each case of each procedure."""
        timeliness, case_days = self.findings.own["own_timeliness"], self.findings.own["case_days"]
        if not timeliness:
            return []
        limits: dict[str, int] = {}
        for row in timeliness:  # the newest first
            limits.setdefault(row["procedure"], row["limit_working_days"])
        found = [own_charts.in_time(own.stage_2_sentence(timeliness, self.findings.council.nice_name), timeliness)]
        for procedure, limit in limits.items():
            rows = [row for row in case_days if row["procedure"] == procedure]
            found.append(own_charts.days(rows, procedure, limit))
        return [chart for chart in found if chart is not None]

    @cached_property
    def _control_charts(self) -> Rows:
        """Each control chart of the council's own cases that may be drawn, with its months."""
        found: Rows = []
        for total in self.findings.own["own_chart_totals"]:
            about = {name: total[name] for name in ("procedure", "stage", "measure")}
            rows = [row for row in self.findings.own["own_charts"] if about.items() <= row.items()]
            if chart := own_charts.control(own.control_sentence(total), rows):
                found.append(
                    {
                        "drawn": replace(chart, kind="-".join(about.values()).replace("_", "-")),
                        "name": f"{own.stage(total)}: {own.CHARTED[total['measure']]}",
                        "rows": rows,
                        "is_share": rows[0]["chart"] == "p",
                    }
                )
        return found

    def _titles(self, head: dict[str, Any]) -> dict[str, str]:
        name, council, group = head["indicator"], self.findings.council.nice_name, self.findings.group
        beside, standing = self.findings.comparison(name), self.findings.standing(name)
        return {
            "caterpillar": sentences.standing(head, beside, standing, council, group),
            "funnel": sentences.funnel(head, standing, council, group),
            "years": sentences.years(self.findings.series.get(name, []), head, council),
        }

    def _indicator(self, head: dict[str, Any], drawn: Mapping[str, Chart]) -> dict[str, Any]:
        name = head["indicator"]
        rows = self.findings.councils.get(name, [])
        shown = [row for row in rows if row["value"] is not None or row["printed_text"] is not None]
        absent = Counter(row["missing_reason"] for row in rows if row["value"] is None and row["printed_text"] is None)
        standing = self.findings.standing(name)
        lines, not_given = sentences.indicator_lines(
            head,
            standing,
            next(iter(self.findings.of("changes", head)), None),
            sentences.possible_best_text(
                [row for row in rows if row["is_subject"] or "lgsco_type" in row["comparator_groups"]],
                standing,
                words.group_in_words("lgsco_type", "", self.findings.council.lgsco_type),
                head,
            ),
        )
        return {
            "shown": shown,
            "why": WHY.get(name, ""),
            "absent": [(words.MISSING_IN_WORDS[reason], number) for reason, number in absent.most_common()],
            "charts": drawn,
            "titles": self._titles(head),
            "years": {group: of_group.get(name, []) for group, of_group in self.findings.years.items()},
            "beside": self.findings.comparison(name),
            "standing": standing,
            "cautions": [
                line
                for line in (
                    sentences.others(head, self.findings.comparison(name), standing, self.findings.group),
                    *sentences.caution(
                        head, self.findings.comparison(name), standing, self.findings.council.lgsco_type
                    ),
                )
                if line
            ],
            "evidence": sentences.evidence(head, standing, self.findings.trend(name)),
            "lines": lines,
            "not_given": not_given,
            "provenance": self.findings.of("provenance", head),
            "restated": [
                row
                for row in self.findings.rows["restatements"]
                if row["measure"] in (head["numerator_measure"], head["denominator_measure"], head["printed_measure"])
            ],
            "teachers": self.findings.of("learn_from", head),
            "replies": [row for row in self.findings.rows["replies"] if row["indicator"] == name],
            "ledger": self.findings.rows["ledger"] if head["numerator_measure"] == "upheld" else [],
        }
