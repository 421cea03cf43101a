"""A reply to a figure of the council's own register."""

from datetime import date
from pathlib import Path

import duckdb
import pytest

from assets.improvement.replies import NoSuchFigureError, ReplyRefusedError, make_reply
from warehouse.connection import WAREHOUSE_FILE
from warehouse.settings import Settings

MEASURE, PERIOD = "childrens_stage2_due_in_time", "12 months to September 2026"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = Settings(state=tmp_path / "state", output=tmp_path / "output")
    settings.state.mkdir()
    with duckdb.connect(str(settings.state / WAREHOUSE_FILE)) as connection:
        connection.execute("create schema marts")
        connection.execute(
            "create table marts.stage_timeliness as from (values ('E10000034', 'children_statutory', '2', 'all', true, "
            "'due', 'rolling_12_months', date '2025-10-01', date '2026-09-30', '12 months to September 2026', 17, 40, "
            "date '2026-10-31'), ('E10000034', 'corporate', '2', 'all', true, 'due', 'rolling_12_months', "
            "date '2025-10-01', date '2026-09-30', '12 months to September 2026', 3, 40, date '2026-10-31')) as t("
            "gss_code, procedure, stage, service, is_declared, counted_on, period_kind, period_start, period_end, "
            "period_label, in_time, case_stages, as_at)"
        )
        connection.execute(
            "create table marts.escalation (gss_code varchar, procedure varchar, service varchar, period_kind varchar, "
            "period_end date, period_label varchar, escalated bigint, closed bigint, as_at date)"
        )
    return settings


def about(settings: Settings, measure: str, period: str = PERIOD, text: str = "Two investigators left.") -> str:
    return make_reply(
        settings, "E10000034", measure, period, text, "Complaints manager", date(2026, 11, 30)
    ).about_value


def test_a_reply_to_ones_own_figure_keeps_its_counts_but_no_small_one(settings: Settings) -> None:
    assert about(settings, MEASURE) == "17 of 40"
    assert about(settings, "corporate_stage2_due_in_time") == "too few cases to show"


def test_a_reply_to_a_figure_that_is_not_there_says_which_are(settings: Settings) -> None:
    with pytest.raises(NoSuchFigureError, match="There are figures of 12 months to September 2026"):
        about(settings, MEASURE, "2023-24")
    with pytest.raises(NoSuchFigureError, match="says nothing of it"):
        about(settings, "childrens_stage1_escalated")


def test_a_reply_that_names_somebody_is_refused_without_the_name(settings: Settings) -> None:
    with pytest.raises(ReplyRefusedError, match="names of people") as refused:
        about(settings, MEASURE, text="Ask Priya Patel why")
    assert "Patel" not in str(refused.value)
