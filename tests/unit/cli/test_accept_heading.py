"""A heading of the Ombudsman's tables is accepted by a command."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from assets.ombudsman.archive import Captures
from cli.main import app


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Captures:
    monkeypatch.setenv("BENCHMARK_CAPTURES", str(tmp_path))
    return Captures(tmp_path)


def test_an_accepted_heading_is_kept_with_the_archive(archive: Captures) -> None:
    shown = CliRunner().invoke(app, ["accept-heading", "Outcomes recorded", "compliance_outcomes"])
    assert shown.exit_code == 0, shown.output
    assert archive.headings() == {"Outcomes recorded": "compliance_outcomes"}


@pytest.mark.parametrize(
    ("heading", "measure", "why"),
    [
        ("Outcomes", "compliance_outcome", "compliance_outcomes"),
        ("Not Upheld", "upheld", "already stands for decided_not_upheld"),
        ("Authority", "upheld", "already stands for the authority's name"),
        (" ", "upheld", "is empty"),
    ],
)
def test_a_heading_that_cannot_be_accepted_says_why(archive: Captures, heading: str, measure: str, why: str) -> None:
    shown = CliRunner().invoke(app, ["accept-heading", heading, measure])
    assert shown.exit_code == 2 and why in shown.output.replace("\n", " ")
    assert archive.headings() == {}
