"""What a rehearsal of a publication day needs of the stand-in: figures still to come, and a place for notices."""

import csv
import hashlib
from pathlib import Path

import requests
import yaml

from tests.standin.figures import STATISTICS_FILE
from tests.standin.site import StandIn, without_what_is_to_come


def test_the_copy_of_what_ships_lacks_what_is_to_come_and_is_vouched_for(tmp_path: Path) -> None:
    without_what_is_to_come(tmp_path / "data")
    path = tmp_path / "data" / "ombudsman" / "statistics_pages.csv"
    with path.open(encoding="utf-8", newline="") as lines, STATISTICS_FILE.open(encoding="utf-8") as shipped:
        rows, whole = list(csv.DictReader(lines)), list(csv.DictReader(shipped))
    assert rows == [row for row in whole if row["period_start"] < "2024-04-01"]
    assert 0 < len(rows) < len(whole)
    source = yaml.safe_load(path.with_suffix(".source.yml").read_text(encoding="utf-8"))
    assert source["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()


def test_what_is_posted_as_a_notice_can_be_read(site: StandIn) -> None:
    address = f"{site.address}/control/notices"
    requests.post(address, json={"subject": "a"}, timeout=5)
    assert requests.get(address, timeout=5).text == '{"subject": "a"}\n'
