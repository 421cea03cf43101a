"""The short version of the fuzz command: some inputs of each kind, and a product broken on purpose that is noticed.

The command forks, which is only safe from a process that has not yet worked: so it is one of its own here too.
"""

import subprocess
import sys

import pytest

from tests.fuzz.pages import Page
from tests.fuzz.pages import disagreements as of_page
from tests.fuzz.pages import judged as judged_page
from tests.fuzz.sabotage import SABOTAGE
from tests.fuzz.tables import disagreements as of_table
from tests.sql.harness import PROJECT
from tests.standin.figures import ILLUSTRATIVE, figures_of

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="inputs are taken in by forked, limited processes")


def fuzz(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tests.fuzz", *arguments],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )


def test_damaged_inputs_give_no_figure_that_is_wrong_and_lose_none_in_silence() -> None:
    done = fuzz("--times", "160", "--seed", "11")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 inputs with faults" in done.stdout
    for kind in ("80 pages", "45 tables", "19 registers", "16 plans"):
        assert kind in done.stdout


@pytest.mark.long
def test_a_product_that_is_broken_on_purpose_is_noticed_in_every_kind() -> None:
    done = fuzz("--prove")
    assert done.returncode == 0 and "NOT NOTICED" not in done.stdout, done.stdout + done.stderr
    proved = {line.partition(":")[0].rpartition(", ")[2] for line in done.stdout.splitlines()}
    assert proved == {"pages", "tables", "registers", "plans"}
    assert len(done.stdout.splitlines()) >= len(SABOTAGE)


PAGE = Page(1, "https://www.lgo.org.uk/page", ILLUSTRATIVE, ["untouched"])
WHOLE = {measure: (float(value), "2024-04-01") for measure, value in figures_of(ILLUSTRATIVE).items()}


def test_a_page_that_is_right_has_no_fault() -> None:
    result = judged_page(PAGE, WHOLE, [])
    assert (dict(result.came), result.faults) == ({"right": len(WHOLE)}, [])


@pytest.mark.parametrize(
    ("changed", "gone"),
    [({"upheld": (63.0, "2024-04-01")}, ""), ({"upheld": (64.0, "2023-04-01")}, ""), ({}, "upheld")],
)
def test_a_wrong_figure_another_year_and_a_lost_figure_are_faults(
    changed: dict[str, tuple[float, str]], gone: str
) -> None:
    kept = {measure: found for measure, found in (WHOLE | changed).items() if measure != gone}
    assert len(judged_page(PAGE, kept, []).faults) == 1


def test_the_checkers_own_arithmetic_finds_what_cannot_be() -> None:
    assert of_page(figures_of(ILLUSTRATIVE)) == []
    for measure in ("dealt_with", "upheld", "uphold_rate_pct", "satisfactory_remedy_rate_pct"):
        assert of_page({**figures_of(ILLUSTRATIVE), measure: "71"})
    row = {("A", "upheld"): 3.0, ("A", "decided_not_upheld"): 1.0, ("A", "uphold_rate_pct"): 75.0}
    assert of_table(row) == []
    assert of_table(row | {("A", "uphold_rate_pct"): 74.0})
