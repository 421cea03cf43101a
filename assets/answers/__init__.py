"""The answers to the panel's questions: templates that anybody may edit, and pure functions from rows to sentences."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

import dagster as dg
import duckdb
import pyarrow as pa

from assets.answers.asked import Asked
from assets.answers.facts import (
    Evidence,
    Fact,
    beside,
    confidence,
    in_short,
    ours,
    sentence,
    verdict,
)
from assets.answers.questions import facts
from assets.answers.templates import Question, read_questions
from assets.wording.small_counts import protected
from assets.wording.words import group_in_words
from warehouse.connection import Warehouse
from warehouse.contracts import Contract
from warehouse.councils import Council, Lookup, checked_year
from warehouse.names import Relation
from warehouse.queries import ask
from warehouse.relations import asset_spec, finish
from warehouse.settings import Settings
from warehouse.subject import Subject
from warehouse.versions import digest

ANSWERS = Relation("marts.answers")
QUERIES = (
    "headlines", "standings", "comparisons", "ledger", "learn_from", "practices", "newest_figures", "stage2_elsewhere",
    "plan_actions", "plan_targets", "plan_resolutions", "own_leave_out", "own_steps", "own_services",
    "own_capacity", "timeliness", "volumes", "waited_on", "partners", "own_escalation", "authorities", "found_late",
    "windows", "parts", "volume", "council_years", "case_days", "improved", "received", "possible_best", "concerns",
    "restated", "people",
)  # fmt: skip
# which rules on small counts the rows of a query fall under, where the publication asks them by another name
GUARDED = {"timeliness": "own_timeliness"}


class EvidenceError(Exception):
    """A statement names evidence that is not in the warehouse."""


def asked_of(
    connection: duckdb.DuckDBPyConnection,
    contracts: Mapping[Relation, Contract],
    council: Council,
    comparator_group: str,
    year: str,
) -> Asked:
    """What the answers about one council are made from, small counts marked as hidden."""
    about: dict[str, Any] = {
        "council": council.gss_code,
        "comparators": comparator_group,
        "year": year,
        "lgsco_type": council.lgsco_type,
    }
    rows = {query: protected(GUARDED.get(query, query), ask(connection, query, **about)) for query in QUERIES}
    titles = dict(connection.execute("select comparator_group, title from core.comparator_groups").fetchall())
    return Asked(
        council=council,
        group=group_in_words(comparator_group, titles[comparator_group], council.lgsco_type),
        comparator_group=comparator_group,
        rows=rows,
        keys={str(name): contract.key for name, contract in contracts.items()},
    )


def answers(asked: Asked, questions: Mapping[str, Question], year: str) -> list[dict[str, Any]]:
    """The rows of `marts.answers`, in the order of the pack: one a question and statement."""
    found = facts(asked)
    return [
        answer(asked, question, fact, place, year)
        for question in questions.values()
        for place, fact in enumerate(found[question.number], start=1)
    ]


def answer(asked: Asked, question: Question, fact: Fact, place: int, year: str) -> dict[str, Any]:
    """One statement with all that is printed next to it."""
    template = question.templates[fact.template]
    called = verdict(fact, template)
    level, why = confidence(fact, called)
    is_open = called in ("missing", "gated", "broken")
    return {
        "gss_code": asked.council.gss_code,
        "comparator_group": asked.comparator_group,
        "year": year,
        "question": question.number,
        "statement": fact.statement,
        "section": question.place,
        "place": place,
        "asks": question.asks,
        "is_lead": fact.is_lead,
        "is_half_answer": fact.is_half_answer,
        "what": fact.what,
        "period_label": fact.period,
        "ours": ours(fact),
        "beside": beside(fact),
        "verdict": called,
        "sentence": sentence(fact, template, asked.council.nice_name),
        "in_short": in_short(fact, template, asked.council.nice_name) or None,
        "confidence": level,
        "confidence_reason": why,
        "caveat": fact.caveat or template.caveat or None,
        "missing": (template.needs or question.needs) if is_open else None,
        "evidence": json.dumps([_plain(one) for one in fact.evidence]),
        "sources": "; ".join(fact.sources or _worked_out(fact)) or None,
    }


def _worked_out(fact: Fact) -> tuple[str, ...]:
    """What stands for a source where several rows of ours give a figure."""
    return ("our calculation",) if fact.evidence else ()


def _plain(evidence: Evidence) -> dict[str, Any]:
    key = {name: value.isoformat() if isinstance(value, date) else value for name, value in evidence.key.items()}
    return {"relation": evidence.relation, "key": key}


def require_evidence(connection: duckdb.DuckDBPyConnection, rows: list[dict[str, Any]]) -> None:
    """Raise EvidenceError unless every row that a statement names is in the warehouse."""
    named = {
        (one["relation"], tuple(one["key"].items())): f"{row['question']}.{row['statement']}"
        for row in rows
        for one in json.loads(row["evidence"])
    }
    absent = []
    for (relation, key), statement in named.items():
        where = " and ".join(f'"{name}" = {_literal(value)}' for name, value in key)
        if connection.sql(f"from {Relation(relation)}").filter(where).limit(1).fetchone() is None:
            absent.append(f"{statement}: {relation} has no row {dict(key)}")
    if absent:
        raise EvidenceError("\n".join(absent))


def _literal(value: Any) -> str:
    return str(value) if isinstance(value, (int, float)) else "'" + str(value).replace("'", "''") + "'"


def table(rows: list[dict[str, Any]], contract: Contract) -> pa.Table:
    """The rows with the columns and types of the contract."""
    return pa.Table.from_pylist(rows, contract.arrow_schema)


def answer_assets(
    settings: Settings,
    contracts: dict[Relation, Contract],
    upstream: list[Relation],
    councils: dg.PartitionsDefinition,
) -> list[dg.AssetsDefinition]:
    """The relation of answers about the council of the run, from every relation up to `upstream`."""

    @dg.multi_asset(
        name="marts__answers",
        partitions_def=councils,
        specs=[
            asset_spec(
                contracts[ANSWERS],
                upstream,
                {"python"},
                digest(settings.sentences, settings.data / "reference"),
                about="The sentences are in assets/answers/sentences, one file a question; anybody may edit them.",
            )
        ],
    )
    def answered(warehouse: Warehouse, subject: Subject) -> dg.MaterializeResult[None]:
        questions = read_questions(settings.sentences)
        lookup = Lookup(settings)
        council = lookup.council(subject.council)
        year = checked_year(subject.year)
        asked = asked_of(warehouse.connection, contracts, council, lookup.comparators(subject.comparators), year)
        rows = answers(asked, questions, year)
        require_evidence(warehouse.connection, rows)
        warehouse.load(ANSWERS, table(rows, contracts[ANSWERS]))
        return finish(warehouse, contracts[ANSWERS], {"open": dg.MetadataValue.md(leading_sentences(rows))})

    return [answered]


def leading_sentences(rows: list[dict[str, Any]]) -> str:
    """The leading sentences, for the Dagster UI."""
    return "\n".join(f"- **{row['question']}** {row['sentence']}" for row in rows if row["is_lead"])
