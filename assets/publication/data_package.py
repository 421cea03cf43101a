"""The figures for other systems: an overview as JSON, and tables as Frictionless data packages."""

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
from pyarrow import parquet

from assets.improvement.measures import register_measures
from assets.publication.briefing import Briefing
from assets.publication.changes import by_kind
from assets.publication.findings import Findings
from assets.publication.inert import CSV_COLUMNS, as_csv
from assets.publication.site import Edition
from assets.wording import words
from warehouse.contracts import Contract
from warehouse.names import Relation

PROFILE = "tabular-data-package"
FIXED_DAY = (2026, 1, 1, 0, 0, 0)
TYPES = {
    "VARCHAR": "string",
    "BIGINT": "integer",
    "INTEGER": "integer",
    "DOUBLE": "number",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TIMESTAMP": "datetime",
}
LICENCES = [
    {
        "name": "OGL-UK-3.0",
        "title": "Open Government Licence v3.0",
        "path": "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
    },
    {"name": "CC-BY-4.0", "title": "Creative Commons Attribution 4.0 (mySociety)"},
    {
        "name": "other-open",
        "title": "Ombudsman figures © Commission for Local Administration in England: free reuse with acknowledgement, "
        "reproduced accurately",
    },
]
HEAD = (
    "indicator", "title", "unit", "polarity", "period_start", "period_end", "period_label", "numerator",
    "numerator_basis", "denominator", "value", "lower_95", "upper_95", "printed_text", "printed_average",
    "is_small_base", "missing_reason", "source_url",
)  # fmt: skip
BESIDE = (
    "comparators", "comparators_with_data", "pooled_numerator", "pooled_denominator", "pooled_value", "type_average",
    "england_average", "is_fair_sample", "result", "result_reason",
)  # fmt: skip
ANSWER = ("question", "statement", "what", "period_label", "verdict", "sentence")
STANDING = (
    "called", "verdict", "verdict_reason", "expected", "rank_lower", "rank_upper", "rank_reason", "benchmark",
    "gap_cases", "is_gap_clear",
)  # fmt: skip


def overview(findings: Findings, edition: Edition, first_page: Briefing) -> dict[str, Any]:
    """The overview page's figures: one entry an indicator, with every comparator group that has data.
    Rates of fewer than
    five cases are left out, as on the page."""
    titles = {head["indicator"]: head["title"] for head in findings.headlines}
    return {
        "publication": edition.identity,
        "published": edition.published.isoformat(),
        "previous": edition.previous or None,
        "sign_off": vars(edition.sign_off) if edition.sign_off else {"state": "draft"},
        "council": findings.council.official_name,
        "gss_code": findings.council.gss_code,
        "comparator_group": findings.comparator_group,
        "year": findings.year or None,
        "headline": first_page.headline,
        "sentences": first_page.sentences,
        "what_to_ask_for": first_page.asks,
        "indicators": [_indicator(findings, head) for head in findings.headlines],
        "answers": [{name: row[name] for name in ANSWER} for row in findings.rows["answers"]],
        "actions": {
            row["action_id"]: {"what": row["action"], "state": row["state"].replace("_", " ")}
            for row in findings.rows["plan_actions"]
        },
        "resolutions": {
            row["resolution_id"]: {"what": row["what"], "state": row["state"].replace("_", " ")}
            for row in findings.rows["plan_resolutions"]
        },
        "replies": {row["reply_id"]: _reply(row, titles) for row in findings.rows["replies"]},
        "restatements": [_restatement(row) for row in findings.rows["restatements"]],
        "failed_checks": [
            f"{row['relation']}: {row['rule']}" for row in findings.rows["failed_checks"] if not row["passed"]
        ],
        "set_aside": len(findings.rows["quarantined"]),
    }


def _reply(row: Mapping[str, Any], titles: Mapping[str, str]) -> dict[str, str]:
    """One reply of the council, with what it is about."""
    own = register_measures().get(row["indicator"], {})
    return {
        "about": f"{titles.get(row['indicator'], own.get('title', row['indicator']))}, {row['period_label']}",
        "reply": row["reply"],
        "author_role": row["author_role"],
        "replied_date": words.day(row["replied_date"]),
    }


def _restatement(row: Mapping[str, Any]) -> str:
    """One restated figure as a sentence."""
    return (
        f"{row['nice_name']}, {row['title'] or row['measure']}, {words.period(row)}: was "
        f"{row['as_printed_before']}, now {row['as_printed']}."
    )


def answers(findings: Findings, edition: Edition) -> dict[str, Any]:
    """The answers to the panel's questions with all that is behind them, and what changed since the one before."""
    return {
        "publication": edition.identity,
        "published": edition.published.isoformat(),
        "state": edition.state,
        "council": findings.council.official_name,
        "gss_code": findings.council.gss_code,
        "comparator_group": findings.comparator_group,
        "year": findings.year or None,
        "answers": [
            {**row, "evidence": json.loads(row["evidence"]), "sources": (row["sources"] or "").split("; ")}
            for row in findings.rows["answers"]
        ],
        "what_changed": {"since": edition.previous or None, **by_kind(edition.changes)},
    }


def _indicator(findings: Findings, head: Mapping[str, Any]) -> dict[str, Any]:
    hidden = () if words.may_show_percentage(head) else ("value", "lower_95", "upper_95")
    groups: dict[str, Any] = {}
    for group in findings.groups:
        beside = findings.comparison(head["indicator"], group["comparator_group"])
        standing = findings.standing(head["indicator"], group["comparator_group"])
        if beside:
            groups[group["comparator_group"]] = {
                **{name: beside[name] for name in BESIDE},
                **({name: standing[name] for name in STANDING} if standing else {}),
            }
    return {**{name: None if name in hidden else head[name] for name in HEAD}, "groups": groups}


def as_json(content: Mapping[str, Any]) -> bytes:
    """The content as JSON, readable by people too; raises ValueError for a number that JSON cannot say."""
    text = json.dumps(content, default=_plain, ensure_ascii=False, indent=1, allow_nan=False)
    return (text + "\n").encode()


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else str(value)


def _fields(contract: Contract, names: Sequence[str] | None = None) -> list[dict[str, Any]]:
    fields = []
    for name, column in contract.columns.items():
        if names is None or name in names:
            constraints: dict[str, Any] = {} if column.nullable else {"required": True}
            if column.allowed:
                constraints["enum"] = column.allowed
            field = {"name": name, "type": TYPES.get(column.type, "string"), "description": column.comment}
            fields.append({**field, "constraints": constraints} if constraints else field)
    return fields


def described(
    name: str, title: str, resources: list[dict[str, Any]], sources: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """A Frictionless descriptor: resources, licences, and every source with its page."""
    return {
        "profile": PROFILE,
        "name": name,
        "title": title,
        "description": (
            "Figures of the Ombudsman are as printed; values, intervals, verdicts and ranks are worked out "
            "by this project. "
            "Empty is missing, never zero. Text that a spreadsheet would take for a formula is preceded by "
            "an apostrophe. "
            "Councils' own cases are not in it."
        ),
        "licenses": LICENCES,
        "sources": [
            {
                "title": f"{row['title']} ({row['producer']})",
                **({"path": row["landing_page"]} if row["landing_page"] else {}),
            }
            for row in sources
        ],
        "resources": resources,
    }


def site_descriptor(findings: Findings, contracts: Mapping[Relation, Contract], names: Sequence[str]) -> dict[str, Any]:
    """The descriptor of a site's CSV files, one an indicator. names: of the files in `downloads/`."""
    contract = contracts[Relation("marts.indicator_values")]
    extra = {
        "nice_name": "Everyday name of the council",
        "comparator_groups": "Groups of the subject that the council is in, separated by spaces",
    }
    known = {field["name"]: field for field in _fields(contract)}
    fields = [known.get(name) or {"name": name, "type": "string", "description": extra[name]} for name in CSV_COLUMNS]
    titles = {head["indicator"]: head["title"] for head in findings.headlines}
    resources = [
        {
            "profile": "tabular-data-resource",
            "name": Path(name).stem.replace("_", "-"),
            "title": titles[Path(name).stem],
            "path": name,
            "format": "csv",
            "encoding": "utf-8",
            "schema": {"fields": fields, "missingValues": [""], "primaryKey": ["gss_code"]},
        }
        for name in names
    ]
    slug = findings.council.slug
    return described(
        f"complaints-{slug}",
        f"{findings.council.official_name}: complaints benchmark",
        resources,
        findings.rows["sources"],
    )


def marts_package(
    connection: duckdb.DuckDBPyConnection,
    contracts: Mapping[Relation, Contract],
    sources: Sequence[Mapping[str, Any]],
) -> bytes:
    """All published tables of every council as one ZIP of CSV and Parquet with a descriptor: the same bytes for the
    same rows. Tables of a council's own cases are left out, because small counts could identify a person."""
    resources, out = [], io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for relation, contract in sorted(contracts.items()):
            if relation.layer != "marts" or contract.group not in ("figures", "comparison"):
                continue
            table = connection.table(str(relation)).order(", ".join(contract.key)).to_arrow_table()
            stored = io.BytesIO()
            parquet.write_table(table, stored)
            _put(archive, f"data/{relation.table}.parquet", stored.getvalue())
            _put(archive, f"data/{relation.table}.csv", as_csv(table))
            resources.append(
                {
                    "profile": "tabular-data-resource",
                    "name": relation.table.replace("_", "-"),
                    "description": contract.about,
                    "path": f"data/{relation.table}.csv",
                    "format": "csv",
                    "encoding": "utf-8",
                    "schema": {
                        "fields": _fields(contract),
                        "missingValues": [""],
                        "primaryKey": contract.key,
                    },
                }
            )
        descriptor = described(
            "council-complaints-benchmark",
            "Council Complaints Benchmark: published tables",
            resources,
            sources,
        )
        _put(archive, "datapackage.json", as_json(descriptor))
    return out.getvalue()


def _put(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, FIXED_DAY)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    archive.writestr(entry, content)
