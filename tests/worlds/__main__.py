"""Take generated worlds of annual tables through the whole pipeline, and weigh what came of each.

    python -m tests.worlds [--times 200] [--first 1] [--log FILE]
    python -m tests.worlds --kind tied --first 17 --times 1      one world again

Each world has 317 councils, twelve years and all kinds of table. It is random, extreme (none, a few or many cases),
tied (every council alike), sparse (one row in ten), or contradicting (beside what ships, one row in ten with a digit
too many). Nothing may block it; what a row says is used as it says; a row that contradicts itself is in no comparison.
"""

import argparse
import json
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.worlds.generated import KINDS, generate
from tests.worlds.judged import judge


def main() -> int:
    """Run what is asked for; 1 if anything did not hold."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--times", type=int, default=200, help="How many worlds, of all kinds in turn.")
    options.add_argument("--first", type=int, default=1, help="Seed of the first.")
    options.add_argument("--kind", choices=list(KINDS), help="One kind alone.")
    options.add_argument("--councils", type=int, default=317)
    options.add_argument("--years", type=int, default=12)
    options.add_argument("--log", type=Path, help="Where each world's outcome is added, one line of JSON each.")
    given = options.parse_args()
    came: Counter[str] = Counter()
    faulty = 0
    for seed in range(given.first, given.first + given.times):
        kind = given.kind or list(KINDS)[seed % len(KINDS)]
        folder = Path(tempfile.mkdtemp(prefix="world-"))
        began = time.monotonic()
        try:
            found = judge(generate(kind, seed, given.councils, given.years), folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        came.update(found.came)
        faulty += bool(found.faults)
        print(
            f"{kind} {seed}: {dict(found.came)}, {len(found.faults)} faults",
            *found.faults[:5],
            sep="\n    ",
            flush=True,
        )
        if given.log:
            line = {
                "kind": kind,
                "seed": seed,
                "seconds": round(time.monotonic() - began, 1),
                "came": found.came,
            }
            with given.log.open("a", encoding="utf-8") as lines:
                lines.write(json.dumps(line | {"faults": found.faults}) + "\n")
    print(f"{given.times} worlds, {faulty} with faults; figures: {dict(came)}")
    return 1 if faulty else 0


if __name__ == "__main__":
    sys.exit(main())
