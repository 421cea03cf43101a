"""Small worlds of the long command, one of each kind, and its judge on what it must not let pass."""

from pathlib import Path

import pytest

from tests.worlds.generated import KINDS, generate
from tests.worlds.judged import contradicts, judge


@pytest.mark.parametrize("kind", KINDS)
def test_a_world_is_not_blocked_and_nothing_wrong_in_it_passes(kind: str, tmp_path: Path) -> None:
    found = judge(generate(kind, 1, councils=30, years=3), tmp_path)
    assert found.faults == []
    assert found.came["right"] > 0
    assert (found.came["doubted"] > 0) is (kind in ("contradicting", "extreme"))


def test_a_spoilt_row_contradicts_itself_and_others_do_not() -> None:
    world = generate("contradicting", 1)
    decided = {key: row for key, row in world.says.items() if key[2] == "decided"}
    assert {key for key, row in decided.items() if contradicts(row, "decided", "upheld", "investigated")} == {
        key for key in world.spoilt if key[2] == "decided"
    }
