"""One world through the whole pipeline: what stopped it, what is wrong and passed, what is right and was set aside."""

import shutil
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import dagster as dg
import duckdb

from assets.benchmark.assets import RELATIONS
from assets.ombudsman.archive import Captures
from benchmarking.settings import RankingSettings
from pipelines.definitions import build_definitions
from tests.graph.world import World
from tests.sql.harness import PROJECT
from tests.worlds.generated import Figures, Generated

NOBODY = {
    "council_id": "nowhere",
    "council_name": "Nowhere (invented)",
    "unit": "count",
    "value": "1",
    "source_url": "https://nobody.example",
}
COUNTED = NOBODY | {
    "indicator": "received",
    "procedure": "all",
    "stage": "all",
    "locator_paraphrase": "invented",
}
# what ships of figures, in place of which most worlds have one of nobody
SHIPPED: dict[str, list[dict[str, str]]] = {
    "ombudsman/statistics_pages": [
        {
            "slug": "nowhere",
            "council_name": "Nowhere (invented)",
            "upheld": "1",
            "truncated": "0",
            "period_start": "2023-04-01",
            "period_end": "2024-03-31",
            "url": "https://nobody.example",
        }
    ],
    "ombudsman/letters_and_press": [NOBODY | {"body": "council", "measure": "upheld", "year": "2023-24"}],
    "complaints/own_indicators": [COUNTED],
    "complaints/peer_indicators": [COUNTED],
    "ombudsman/vouched_figures": [],
}
# the measures of each indicator that the tables give whole: the row it is in, its numerator, its denominator
SHARES = {
    "uphold_rate": (("decided", "dealt with"), "upheld", "investigated"),
    "share_investigated": (("dealt with",), "investigated", "dealt_with"),
    "late_compliance": (("compliance",), "late_compliance", "compliance_outcomes"),
}

# the last relations that published figures are made into: all that they are made from is made too
COMPARED = (
    *map(str, RELATIONS),
    "marts.comparisons",
    "marts.coverage",
    "marts.denominator_ledger",
    "marts.practice_standing",
    "marts.restatements",
    "quality.disagreements",
    "quality.quarantine",
    "quality.recomputed_figures",
    "quality.vouched_figures",
)


@dataclass
class Judged:
    """What came of one world. faults: what must not be; came: how many figures were right, doubted and so on."""

    kind: str
    seed: int
    faults: list[str] = field(default_factory=list)
    came: Counter[str] = field(default_factory=Counter)


def without_figures(data: Path, files: tuple[str, ...] = ("",)) -> None:
    """A copy of what ships into a new folder, with figures of nobody alone in the files whose names begin so."""
    with tempfile.TemporaryDirectory() as folder:
        copy = shutil.copytree(PROJECT / "data", Path(folder) / "data")
        for file, rows in SHIPPED.items():
            if file.startswith(files):
                World(Path(folder), PROJECT / "expectations").write(file, rows)
        shutil.move(copy, data)


def run(world: Generated, folder: Path) -> tuple[list[str], Path]:
    """What blocked the refresh of a world, up to all that is compared, and where its warehouse lies."""
    # of what ships, only the world that contradicts it keeps anything
    if world.kind == "contradicting":
        shutil.copytree(PROJECT / "data", folder / "data")
    else:
        without_figures(folder / "data")
    place = World(folder, PROJECT / "expectations")
    # how fine the probabilities are decides nothing that is judged here
    ranking = RankingSettings(draws=400, benchmark_draws=200)
    settings = place.settings.model_copy(update={"council": "worcestershire-county-council", "ranking": ranking})
    world.keep(Captures(settings.captures))
    job = build_definitions(settings).resolve_job_def("refresh")
    graph = job.asset_layer.asset_graph
    ends = [dg.AssetKey(name.split(".")) for name in COMPARED]
    wanted = dg.AssetSelection.assets(*ends).upstream().required_multi_asset_neighbors().resolve(graph)
    with dg.DagsterInstance.ephemeral() as instance:
        result = job.execute_in_process(
            instance=instance,
            raise_on_error=False,
            asset_selection=sorted(wanted & job.asset_layer.executable_asset_keys),
        )
    blocked = [
        f"{'.'.join(one.asset_key.path)}, {one.check_name}: {one.description}"
        for one in result.get_asset_check_evaluations()
        if not one.passed and one.severity == dg.AssetCheckSeverity.ERROR
    ]
    broken = [
        f"{event.step_key}: {event.step_failure_data.error.message.strip()[:300]}"
        for event in result.filter_events(lambda event: event.is_step_failure)
        if event.step_failure_data.error and "AssetCheckFailed" not in (event.step_failure_data.error.cls_name or "")
    ]
    return blocked or broken, settings.state / "warehouse.duckdb"


def judge(world: Generated, folder: Path) -> Judged:
    """The world's outcome: nothing blocks, what is right is used as it stands, what is spoilt is in no comparison."""
    found = Judged(world.kind, world.seed)
    stopped, warehouse = run(world, folder)
    found.faults += [f"blocked: {line}" for line in stopped]
    if not stopped:
        with duckdb.connect(str(warehouse), read_only=True) as connection:
            _figures(world, connection, found)
            _pools(connection, found)
            _doubted(connection, found)
    return found


def _counts(row: Figures, numerator: str, denominator: str) -> tuple[int, int]:
    """The two counts as the row gives them; what was investigated is upheld and not upheld where it says no more."""
    whole = {"investigated": row.get("upheld", 0) + row.get("not_upheld", 0)} | row
    return whole[numerator], whole[denominator]


def _figures(world: Generated, connection: duckdb.DuckDBPyConnection, found: Judged) -> None:
    """Each share is what its row says, doubted with a reason, or of another source that gives both counts."""
    rows = connection.execute(
        "select figures.indicator, councils.official_name, year(figures.period_start), figures.numerator,"
        " figures.denominator, figures.value, figures.doubt, figures.witness_kind, figures.missing_reason"
        " from marts.indicator_values as figures inner join core.councils as councils using (gss_code)"
        " where figures.is_financial_year and not figures.is_after_abolition"
    ).fetchall()
    seen = {(indicator, name, year): rest for indicator, name, year, *rest in rows}
    for (name, year, layout), row in world.says.items():
        for indicator, (layouts, numerator, denominator) in SHARES.items():
            if layout not in layouts:
                continue
            said = _counts(row, numerator, denominator)
            got = seen.get((indicator, name, year))
            where = f"{indicator} of {name} in {year}"
            if got is None:
                found.faults.append(f"{where}: the table says {said} and there is no row")
                continue
            counts, value, doubt, kind = (got[0], got[1]), got[2], got[3], got[4]
            is_spoilt = (name, year, layout) in world.spoilt
            if value is not None and kind != "annual table":
                found.came["of another source"] += 1
            elif value is not None and counts != said:
                found.faults.append(f"{where}: {counts} where the table says {said}")
            elif value is not None and is_spoilt and contradicts(row, layout, numerator, denominator):
                found.faults.append(f"{where}: {counts} passed, and its row contradicts itself: {row}")
            elif value is not None:
                found.came["spoilt where nothing shows it" if is_spoilt else "right"] += 1
            elif doubt is not None:
                found.came["doubted"] += 1
                # where the table is out by ten times or of nothing, what ships may give one of the two counts
                is_usable = said[1] > 0 and "ten times" not in doubt
                if kind == "annual table" and not is_spoilt and is_usable:
                    found.faults.append(f"{where}: doubted although its row agrees: {doubt}")
            elif said[1] == 0:
                found.came["of nothing"] += 1
            else:
                found.faults.append(f"{where}: no value, {got[5]}, where the table says {said}")


def contradicts(row: Figures, layout: str, numerator: str, denominator: str) -> bool:
    """Whether a sum or a rate that one of the two counts is part of does not hold, by arithmetic of its own."""
    upheld = row.get("upheld", 0)
    if layout == "decided":
        parts = [row[one] for one in row if one not in ("decided", "uphold_rate_pct")]
        return sum(parts) != row["decided"]
    if layout == "dealt with":
        is_sum = row["not_for_us"] + row["assessed_and_closed"] + row["investigated"] == row["dealt_with"]
        base, rate = row["investigated"], row.get("uphold_rate_pct")
        is_rate = upheld <= base and (rate is None or not base or abs(rate - 100 * upheld / base) <= 0.5)
        in_rate = {"investigated", "upheld"} & {numerator, denominator}
        return (not is_sum and bool({"investigated", "dealt_with"} & {numerator, denominator})) or (
            not is_rate and bool(in_rate)
        )
    return row["complied_on_time"] + row["late_compliance"] + row["not_complied"] != row["compliance_outcomes"]


def _pools(connection: duckdb.DuckDBPyConnection, found: Judged) -> None:
    """What comparators add up to is the sum of the values that may be compared, counted again from the figures."""
    wrong = connection.execute(
        """
        select comparisons.indicator, comparisons.gss_code, comparisons.period_label, comparisons.pooled_numerator
        from marts.comparisons as comparisons
        left join (
            select ours.comparator_group, ours.gss_code, theirs.indicator, theirs.period_start,
                   sum(theirs.numerator) as cases, sum(theirs.denominator) as base
            from core.comparators as ours
            inner join marts.indicator_values as theirs on ours.comparator_gss_code = theirs.gss_code
            inner join core.councils as councils on theirs.gss_code = councils.gss_code
            where theirs.value is not null and theirs.doubt is null and not theirs.is_after_abolition
                and theirs.is_financial_year
                and (councils.valid_from is null or councils.valid_from <= theirs.period_start)
            group by all
        ) as again using (comparator_group, gss_code, indicator, period_start)
        where again.cases is distinct from comparisons.pooled_numerator
            or again.base is distinct from comparisons.pooled_denominator
        """
    ).fetchall()
    found.faults += [f"pool: {row}" for row in wrong[:5]]


def _doubted(connection: duckdb.DuckDBPyConnection, found: Judged) -> None:
    """No doubted figure has a verdict, a rank, a benchmark, a teacher, a trend or a shrunken rate."""
    for relation, key in {
        "verdicts": "gss_code",
        "rankings": "gss_code",
        "best_performers": "gss_code",
        "council_rates": "gss_code",
        "learn_from": "peer_gss_code",
    }.items():
        wrong = connection.execute(
            f"select judged.indicator, judged.{key}, judged.period_label from marts.{relation} as judged"
            " inner join marts.indicator_values as figures on judged.indicator = figures.indicator"
            f" and judged.{key} = figures.gss_code and judged.period_start = figures.period_start"
            " and judged.period_end = figures.period_end where figures.doubt is not null"
        ).fetchall()
        found.faults += [f"{relation} judges a doubted figure: {row}" for row in wrong[:5]]
