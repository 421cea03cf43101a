from pathlib import Path

import pytest

from assets.council.clocks import ClockError, chart_rebases, clock_limits, clock_readings


def test_stage_2_of_the_childrens_procedure_is_25_days_and_at_most_65() -> None:
    limits = clock_limits()
    row = limits[(limits["procedure"] == "children_statutory") & (limits["stage"] == "2")].iloc[0]
    assert (row["limit_working_days"], row["maximum_working_days"], row["headline"]) == (
        "25",
        "65",
        "maximum",
    )


def test_every_stage_with_a_limit_has_one_reading_that_is_declared_by_default() -> None:
    readings = clock_readings()
    general = readings[readings["gss_code"].isna() & (readings["is_declared"] == "yes")]
    assert not general.duplicated(["procedure", "stage"]).any()
    assert set(zip(clock_limits()["procedure"], clock_limits()["stage"], strict=True)) == set(
        zip(general["procedure"], general["stage"], strict=True)
    )


def test_two_limits_on_the_same_day_are_an_error(tmp_path: Path) -> None:
    path = tmp_path / "clocks.yml"
    limit = "{procedure: corporate, stage: '1', limit_working_days: 10, headline: limit, basis: x"
    path.write_text(f"limits:\n  - {limit}, to: 2024-03-31}}\n  - {limit}, from: 2024-03-31}}\n")
    with pytest.raises(ClockError, match="hold on the same day"):
        clock_limits(path)


def test_a_declaration_of_a_reading_that_there_is_not_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "clocks.yml"
    path.write_text(
        "readings:\n  - {procedure: corporate, stage: '1', start: request, end: response, declared: true}\n"
        "declarations:\n  - {gss_code: X99999999, procedure: corporate, stage: '1', start: request, end: report}\n"
    )
    with pytest.raises(ClockError, match="that there is not"):
        clock_readings(path)


@pytest.mark.parametrize(
    "event",
    [
        "{procedure: corporate, stage: '1', measure: backlog, from: 2026-04-01, what_changed: x, source: y}",
        "{procedure: corporate, stage: '1', measure: received, what_changed: x, source: y}",
        "{procedure: corporate, stage: '1', measure: received, from: 2026-04-01, source: y}",
        "{procedure: corporate, stage: '1', measure: received, from: 2026-04-01, what_changed: x}",
    ],
)
def test_a_rebase_without_measure_day_reason_or_source_is_an_error(event: str, tmp_path: Path) -> None:
    path = tmp_path / "clocks.yml"
    path.write_text(f"rebases:\n  - {event}\n")
    with pytest.raises(ClockError, match="a rebase needs"):
        chart_rebases(path)
