"""A command that makes a great many objects does not look through them time and again, nor at its end."""

import subprocess
import sys

from warehouse.settings import PROJECT

LOOKS = """
import gc, time
from warehouse.memory import collect_rarely, keep_to_the_end
looked = []
gc.callbacks.append(lambda phase, about: looked.append(about["generation"]) if phase == "start" else None)
{first}
kept = [[number] for number in range(90_000)]
print(len(looked))
{last}
gc.collect()
print(gc.get_freeze_count())
"""


def printed(first: str, last: str) -> tuple[int, int]:
    """How often Python looked while many objects were made, and how many it will not look through any more."""
    done = subprocess.run(
        [sys.executable, "-c", LOOKS.format(first=first, last=last)],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    looks, frozen = map(int, done.stdout.split())
    return looks, frozen


def test_many_objects_are_made_without_looking_for_circles_among_them() -> None:
    assert printed("", "")[0] > 10
    assert printed("collect_rarely()", "")[0] == 0


def test_what_was_made_is_kept_to_the_end() -> None:
    assert printed("", "")[1] == 0
    assert printed("", "keep_to_the_end()")[1] > 90_000
