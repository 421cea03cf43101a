"""Disturb refreshes of the small invented world, and say what did not hold.

    python -m tests.faults kills [--times 200]
    python -m tests.faults troubles [--rounds 3]
    python -m tests.faults site

Each kill or trouble is followed by one undisturbed run, after which every product must be the one that this run
alone would have made. What was found is added to a file, one line each, so a command that is cut off is not lost.
`site` is another: whole live refreshes of the real councils, on days on which the stand-in site fails.
Runs are forked processes, so this needs Linux or macOS; as root, disks are small file systems that really fill up.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import asdict
from pathlib import Path

from tests.faults.kills import Tried, kills
from tests.faults.runs import VERSIONS
from tests.faults.site import days
from tests.faults.troubles import TROUBLES, may_mount, try_trouble


def main() -> int:
    """Run one of the three; 1 if anything did not hold."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("what", choices=["kills", "troubles", "site"])
    options.add_argument("--times", type=int, default=200, help="How many kills.")
    options.add_argument("--rounds", type=int, default=1, help="How often each trouble.")
    options.add_argument("--only", choices=sorted(TROUBLES), help="One trouble alone.")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--log", type=Path, help="Where each result is added, one line of JSON each.")
    given = options.parse_args()
    dice = random.Random(given.seed)
    broken = 0
    with tempfile.TemporaryDirectory(prefix="faults-") as place:
        folder = Path(place) / "world"
        if given.what == "site":
            return _site(folder, given.log)
        is_mounted = given.what == "troubles" and may_mount(folder)
        try:
            tried = Tried.prepared(folder)
            print(f"an undisturbed run takes {tried.seconds:.1f} s", flush=True)
            if given.what == "kills":
                ended: Counter[str] = Counter()
                killed = 0
                for kill in kills(tried, given.times, dice, given.log):
                    broken += bool(kill.faults)
                    killed += kill.came_in_time
                    moment = f"killed after {kill.after} s"
                    if kill.came_in_time:
                        ended[" ".join(sorted(set(kill.found.values())))] += 1
                    else:
                        moment = f"ended by itself within {kill.after} s, which does not count"
                    print(f"{killed} of {given.times}: {moment}", *kill.faults, flush=True)
                print(f"{given.times} kills, {broken} with faults; readers then had: {dict(ended)}")
            else:
                names = [given.only] if given.only else list(TROUBLES)
                for number, name in enumerate(names * given.rounds, 1):
                    came = try_trouble(tried, name, VERSIONS[number % 2], dice)
                    broken += bool(came.faults)
                    print(f"{name}: {'; '.join(came.faults) or 'held'}", flush=True)
                    if given.log:
                        with given.log.open("a", encoding="utf-8") as lines:
                            lines.write(json.dumps(asdict(came)) + "\n")
        finally:
            if is_mounted:
                subprocess.run(["umount", "-l", str(folder)], check=True)
    return 1 if broken else 0


def _site(folder: Path, log: Path | None) -> int:
    broken = 0
    for day in days(folder):
        broken += bool(day.faults)
        print(f"{day.name}: {'; '.join(day.faults) or 'held'}", flush=True)
        if log:
            with log.open("a", encoding="utf-8") as lines:
                lines.write(json.dumps(asdict(day)) + "\n")
    return 1 if broken else 0


if __name__ == "__main__":
    os.environ.pop("COLUMNS", None)
    sys.exit(main())
