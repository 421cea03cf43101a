"""What whoever starts a run can set: the subject and whether the site is visited, no file and no address."""

from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from dagster._utils.error import SerializableErrorInfo

from pipelines.definitions import build_definitions
from pipelines.runs import REFRESH
from warehouse.settings import Settings

FREE = {"subject": {"comparators", "year"}, "collection": {"is_live"}}


def settable(job: dg.JobDefinition) -> dict[str, set[str]]:
    """The fields of each resource that the config of a run can set."""
    resources = job.run_config_schema.config_type.fields["resources"].config_type.fields
    fields = {
        name: getattr(resource.config_type.fields["config"].config_type, "fields", None) or {}
        for name, resource in resources.items()
        if "config" in resource.config_type.fields
    }
    return {name: set(its) for name, its in fields.items() if its}


def test_a_run_can_set_the_subject_and_whether_to_visit_the_site_alone(
    shipped_definitions: dg.Definitions,
) -> None:
    repository = shipped_definitions.get_repository_def()
    for job in repository.get_all_jobs():
        for resource, fields in settable(job).items():
            assert fields <= FREE.get(resource, set()), f"{job.name}: {resource}"
    assert settable(repository.get_job(REFRESH)) == FREE


@pytest.mark.parametrize(
    ("resource", "field", "value"),
    [
        ("warehouse", "path", "/elsewhere/warehouse.duckdb"),
        ("warehouse", "published", "/elsewhere/out.duckdb"),
        ("collection", "site", "http://127.0.0.1:1"),
        ("collection", "councils", ["../../x"]),
        ("collection", "as_at", "2020-01-01"),
        ("subject", "settings", {}),
        ("subject", "comparators", "friends"),
    ],
)
def test_what_a_run_cannot_set_is_refused_before_it_is_a_run(
    shipped_definitions: dg.Definitions, resource: str, field: str, value: Any
) -> None:
    job = shipped_definitions.resolve_job_def(REFRESH)
    config = {"resources": {resource: {"config": {field: value}}}}
    with pytest.raises(dg.DagsterInvalidConfigError):
        dg.validate_run_config(job, config)


@pytest.mark.parametrize(
    ("subject", "said"),
    [
        ({"year": "2023-25"}, "is not a financial year"),
        ({"year": "2098-99"}, "has not begun"),
        ({"year": {"env": "BENCHMARK_SMTP_PASSWORD"}}, "not taken from a variable"),
    ],
)
def test_a_subject_that_is_not_there_fails_before_the_first_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, subject: dict[str, Any], said: str
) -> None:
    monkeypatch.setenv("BENCHMARK_SMTP_PASSWORD", "hunter2hunter2")
    failure = failed(Settings(state=tmp_path / "state", output=tmp_path / "output"), subject)
    assert said in failure.message and "hunter2" not in failure.to_string()


def test_a_run_without_a_council_fails_before_the_first_step(tmp_path: Path) -> None:
    settings = Settings(state=tmp_path / "state", output=tmp_path / "output")
    assert "No council is chosen" in failed(settings, {}, None).message


def test_a_council_that_is_no_partition_is_refused_before_it_is_a_run(
    shipped_definitions: dg.Definitions,
) -> None:
    job = shipped_definitions.resolve_job_def(REFRESH)
    with pytest.raises(dg.DagsterUnknownPartitionError):
        job.execute_in_process(partition_key="cumbria-county-council")


def failed(
    settings: Settings, subject: dict[str, Any], council: str | None = "kent-county-council"
) -> SerializableErrorInfo:
    """Why a refresh failed before its first step."""
    result = (
        build_definitions(settings)
        .resolve_job_def(REFRESH)
        .execute_in_process(
            raise_on_error=False,
            run_config={"resources": {"subject": {"config": subject}}},
            partition_key=council,
        )
    )
    assert result.filter_events(lambda event: event.is_step_start) == []
    failure = result.filter_events(lambda event: event.is_run_failure)[0].job_failure_data.error
    assert failure is not None
    while failure.cause is not None:
        failure = failure.cause
    return failure
