"""Every setting is documented, and nothing that is documented is not there."""

import re
from pathlib import Path

from warehouse.settings import NoticeSettings, Secrets, Settings

PAGE = Path(__file__).resolve().parents[2] / "docs" / "settings.md"
TEXT = PAGE.read_text(encoding="utf-8")


def test_every_setting_stands_on_the_page_of_settings() -> None:
    assert sorted(re.findall(r"^\| `(\w+)` \|", TEXT, re.MULTILINE)) == sorted(Settings.model_fields)
    assert Settings.model_config["env_prefix"] == "BENCHMARK_"


def test_every_part_of_the_notices_and_every_secret_is_documented() -> None:
    shown = TEXT.split("[notices]")[1].split("```")[0]
    assert re.findall(r"^(\w+) =", shown, re.MULTILINE) == list(NoticeSettings.model_fields)
    assert [name for name in Secrets.model_fields if f"`BENCHMARK_{name.upper()}`" not in TEXT] == []
