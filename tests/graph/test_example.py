"""The example, run as the command line runs it: it shows the whole product."""

from pathlib import Path

import dagster as dg
import duckdb
import pytest

from assets.example.settings import example_settings
from assets.publication.briefing import state
from pipelines.definitions import build_definitions
from warehouse.settings import Settings

pytestmark = pytest.mark.long


def test_the_example_answers_all_twelve_questions(tmp_path: Path) -> None:
    settings = example_settings(Settings(state=tmp_path / "state", output=tmp_path / "output"))
    with dg.DagsterInstance.ephemeral() as instance:
        job = build_definitions(settings).resolve_job_def("refresh")
        assert job.execute_in_process(instance=instance, raise_on_error=False, partition_key=settings.council).success
    with duckdb.connect(str(settings.output / "warehouse.duckdb"), read_only=True) as connection:
        rows = (
            connection.sql("select question, verdict, is_lead, is_half_answer from marts.answers")
            .to_df()
            .to_dict("records")
        )
        results = connection.sql(
            "select distinct result from marts.verdicts where gss_code = 'X99999999' and polarity <> 'none'"
        ).fetchall()
    states = {q: state([row for row in rows if row["question"] == q]) for q in {row["question"] for row in rows}}
    assert len(states) == 12 and set(states.values()) == {"Answered"}
    assert {("Better",), ("Worse",), ("About the same",)} <= set(results)
