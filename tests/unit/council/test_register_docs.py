from collections.abc import Callable
from pathlib import Path

import yaml

from assets.council.contract import read_contract
from assets.council.mapping import Mapping
from assets.council.report import RegisterReport

Check = Callable[..., RegisterReport]

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "register.md").read_text(encoding="utf-8")


def test_the_mapping_shown_to_the_complaints_manager_can_be_used() -> None:
    mapping = Mapping(**yaml.safe_load(PAGE.split("```yaml")[1].split("```")[0]))
    assert set(mapping.columns) <= set(read_contract()["case_stages"].names)
    assert mapping.formats("requested_date") == ("%d/%m/%Y",)


def test_every_relation_that_the_page_names_is_there() -> None:
    marts = Path(__file__).resolve().parents[3] / "expectations" / "marts"
    table = PAGE.split("## What comes out")[1].split("*Due* means")[0]
    named = [word.strip("`,").removeprefix("marts.") for word in table.split() if word.startswith("`")]
    assert len(named) >= 10
    assert all((marts / f"{name}.yml").exists() for name in named)


def test_the_quarterly_indicators_shown_to_the_complaints_manager_can_be_loaded(check: Check) -> None:
    rows = PAGE.split("```csv\n")[1].split("```")[0]
    report = check(rows, table="quarterly_indicators")
    assert report.accepted.num_rows == 3 and report.problems.empty
