"""One million case rows: check, load and every measure, and the same rules and shares in time in plain pandas.

Run `python -m benchmarks.register [--cases N] [--councils N]`. One council's register is also taken in with one row a
case, its stages side by side. Each part runs in a process of its own, so that peak memory is its own too. With several
councils each delivers its share, of ten years, and two are taken in at a time. DuckDB may keep 6 GiB before it writes
to the disk, as it would on a machine of 8 GiB. The register is illustrative. Great Expectations is not in it: it runs
on the results of the rules.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pandas as pd

from assets.council.check import check_register
from assets.council.deliveries import RegisterStore
from assets.council.many import Extract, take_all
from assets.council.mapping import Mapping
from assets.council.relations import COMPUTED_RELATIONS, build
from assets.council.report import RegisterReport
from assets.example.cases import AS_AT, GSS_CODE, as_delivered, example_register, example_resources
from benchmarks.in_pandas import rules_and_timeliness, totals
from benchmarks.measuring import note
from warehouse.connection import open_warehouse
from warehouse.contracts import read_contracts
from warehouse.models import Model, read_models

CASES = 942_000  # about a million stages
EVERY_COUNCIL = 317
EVERY_CASE = 16 * CASES
CORES = 2
STAGES = ("1", "2", "3")
Measured = tuple[dict[str, float], dict[str, float]]  # seconds of each part, and figures that every way must agree on
OF_A_CASE = ("procedure", "service", "kind", "channel")
PROJECT = Path(__file__).resolve().parents[1]


def generate(folder: Path, cases: int, councils: int = 1) -> None:
    """Write each council's register, and the resources of the first, as CSV."""
    # in processes of their own: the peak of memory would be handed on to the parts that are started after it
    with ProcessPoolExecutor(CORES, mp_context=get_context("spawn")) as pool:
        list(pool.map(partial(generate_one, folder, cases, councils), range(councils)))
    as_delivered(example_resources()).to_csv(folder / "resources.csv", index=False)


def generate_one(folder: Path, cases: int, councils: int, number: int) -> None:
    """Write the register of one of so many councils that share so many cases, as CSV."""
    if councils == 1:
        register = example_register(cases)
        register.loc[::50, "outcome"] = None  # rows to be looked at, where they are closed
        wide(as_delivered(register)).to_csv(folder / "wide.csv", index=False)
    else:
        register = example_register(cases // councils, seed=100 + number, years=10)
    as_delivered(register).to_csv(folder / f"register-{code(number)}.csv", index=False)


def wide(rows: pd.DataFrame) -> pd.DataFrame:
    """The register with one row a case, its stages side by side; the statutory adults' single stage is the first."""
    stages = rows["stage"].replace("single", "1")
    cases = rows.drop_duplicates("case_reference").set_index("case_reference")[[*OF_A_CASE]]
    for stage in STAGES:
        own = rows[stages == stage].set_index("case_reference").drop(columns=["stage", *OF_A_CASE])
        cases = cases.join(own.add_prefix(f"Stage {stage} "))
    return cases.reset_index()


def of_the_wide(names: Iterable[str]) -> Mapping:
    """The mapping of the register with one row a case; `names` are the columns of a row a stage."""
    own = [name for name in names if name not in ("case_reference", "stage", *OF_A_CASE)]
    return Mapping(
        row="case",
        as_at=AS_AT,
        columns={name: name for name in ("case_reference", *OF_A_CASE)},
        stages={stage: {name: f"Stage {stage} {name}" for name in own} for stage in STAGES},
    )


def code(number: int) -> str:
    """The illustrative code of one of several councils; of the first, that of the example."""
    return f"X{int(GSS_CODE[1:]) - number}"


def ours(folder: Path, is_wide: bool = False) -> Measured:
    """Seconds of each part of the project's own way, and what pandas counts too; `is_wide`: from one row a case."""
    store = RegisterStore(Path(tempfile.mkdtemp(dir=folder)))
    seconds: dict[str, float] = {}
    figures: dict[str, float] = {}

    def timed(name: str, what: Callable[[], Any]) -> Any:
        begun = time.perf_counter()
        answer = what()
        seconds[name] = seconds.get(name, 0.0) + time.perf_counter() - begun
        return answer

    resources = check_register(
        folder / "resources.csv", gss_code=GSS_CODE, salt=store.salt(), as_at=AS_AT, table="resources"
    )
    store.deliver(resources)
    paths = sorted(folder.glob("register-*.csv"))
    if len(paths) == 1:
        report = timed("check", partial(check, store, folder / "wide.csv" if is_wide else paths[0]))
        timed("keep", partial(store.deliver, report))
        figures = {f"breaks {rule}": float(count) for rule, count in report.problems["rule"].value_counts().items()}
        del report
    else:
        extracts = [Extract(path.stem.removeprefix("register-"), path) for path in paths]
        taken = timed("check and keep", lambda: list(take_all(store, extracts, at_once=CORES, as_at=AS_AT)))
        assert all(each.delivery and not each.set_aside for each in taken)
    models = timed("parse the models", lambda: read_models(PROJECT / "sql"))
    contracts = read_contracts(PROJECT / "expectations")
    with open_warehouse(folder / "warehouse.duckdb") as connection:
        connection.execute(f"set threads = {CORES}")
        connection.execute("set memory_limit = '6GiB'")
        makers = build(connection, store, models, contracts)
        needed = needed_for("marts.stage_timeliness", models)
        while name := timed("next", lambda: next(makers, None)):
            what = "load and measure what pandas does too" if name in needed else "every other measure"
            seconds[what] = seconds.get(what, 0.0) + seconds.pop("next")
        del seconds["next"]
        if len(paths) == 1:
            figures |= totals(connection.sql("from marts.stage_timeliness").df())
    return seconds, figures


def needed_for(relation: str, models: Iterable[Model]) -> set[str]:
    """A relation and all that it is made of."""
    reads = {str(model.relation): set(map(str, model.reads)) for model in models}
    reads |= {name: set(computed.inputs) for name, computed in COMPUTED_RELATIONS.items()}
    needed, found = set(), {relation}
    while found:
        needed |= found
        found = set().union(*(reads.get(name, set()) for name in found)) - needed
    return needed


def check(store: RegisterStore, path: Path) -> RegisterReport:
    """The report on one council's register, of which every row is good."""
    is_wide = path.stem == "wide"
    whose = GSS_CODE if is_wide else path.stem.removeprefix("register-")
    mapping = of_the_wide(example_register(10).columns) if is_wide else None
    report = check_register(path, gss_code=whose, salt=store.salt(), as_at=AS_AT, mapping=mapping)
    assert report.accepted.num_rows and not report.quarantined
    return report


def plain_pandas(folder: Path) -> Measured:
    """Seconds of the same rules and shares in time in pandas, and what it counted."""
    return rules_and_timeliness(folder / f"register-{GSS_CODE}.csv")


PARTS: dict[str, Callable[[Path], Measured]] = {
    "ours": ours,
    "ours, one row a case": partial(ours, is_wide=True),
    "plain pandas": plain_pandas,
}


def measured(cases: int, councils: int = 1) -> dict[str, dict[str, Any]]:
    """What each part took of registers of so many cases, each in a process of its own; and the size of their files.

    Plain pandas reads the register of one council only."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        generate(folder, cases, councils)
        results: dict[str, dict[str, Any]] = {}
        for part in PARTS if councils == 1 else ["ours"]:
            command = [sys.executable, "-m", "benchmarks.register", "--part", part, "--folder", name]
            answer = subprocess.run(command, check=True, capture_output=True, text=True, cwd=PROJECT)
            results[part] = json.loads(answer.stdout.splitlines()[-1])
        assert all(result["figures"] == results["ours"]["figures"] for result in results.values())
        results["file"] = {"mib": sum(path.stat().st_size for path in folder.glob("register-*.csv")) / 2**20}
        return results


def main() -> None:
    """Run each part in its own process and print seconds and peak memory."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--cases", type=int, default=CASES, help="Complaints; their stages are a few more.")
    options.add_argument("--councils", type=int, default=1, help="How many councils share them.")
    options.add_argument("--part", choices=sorted(PARTS), help=argparse.SUPPRESS)
    options.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.part:
        seconds, figures = PARTS[given.part](given.folder)
        own, others = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        processor = own.ru_utime + own.ru_stime + others.ru_utime + others.ru_stime
        # the largest of the processes that took registers in, as often as there are, beside what began them
        peak = own.ru_maxrss + CORES * others.ru_maxrss
        print(json.dumps({"seconds": seconds, "figures": figures, "processor": processor, "peak_gib": peak / 2**20}))
        return
    results = measured(given.cases, given.councils)
    print(f"{given.cases:,} cases, {given.councils} councils: {results.pop('file')['mib']:,.0f} MiB of CSV")
    for part, result in results.items():
        whole = sum(result["seconds"].values())
        print(
            f"{part}: {whole:.1f} s ({result['processor']:.1f} s of processor time), peak {result['peak_gib']:.2f} GiB"
        )
        for name_of_part, taken in result["seconds"].items():
            print(f"    {taken:6.1f} s  {name_of_part}")
        if (given.cases, given.councils) == (EVERY_CASE, EVERY_COUNCIL):
            note("16 million case rows of every council", whole, "s", 150)
            note("16 million case rows of every council: memory", result["peak_gib"], "GiB", 5)
        if (given.cases, given.councils) == (CASES, 1):
            is_ours = part != "plain pandas"
            note(f"a million case rows, {part}", whole, "s", 20 if is_ours else None)
            note(f"a million case rows, {part}: memory", result["peak_gib"], "GiB", 3 if is_ours else None)
    if (given.cases, given.councils) == (CASES, 1):
        mine, of_cases, theirs = (sum(results[part]["seconds"].values()) for part in PARTS)
        alike = mine - results["ours"]["seconds"]["every other measure"]
        note("a million case rows, one row a case compared with one row a stage", of_cases / mine, "times", 1.0)
        note(
            "a million case rows, ours compared with plain pandas, for the same rules and shares in time",
            alike / theirs,
            "times",
            1.0,
        )


if __name__ == "__main__":
    main()
