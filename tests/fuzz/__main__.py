"""Damage pages, tables, registers and plans, take each in as if fetched or delivered, and weigh the outcome.

    python -m tests.fuzz [--times 10000] [--seed 1] [--only pages] [--log FILE]
    python -m tests.fuzz --only pages --number 17       one input again
    python -m tests.fuzz --prove                        break the product in each known way; it must be noticed

Of every input: whoever reads it does not break down, and takes at most 20 seconds and 1 GiB; whatever core then has is
what the input says, or a row says that it is not to be trusted; what is not there has a row, a problem or a refusal
that says why; nothing that looks like personal data stands anywhere. How that is weighed, and what cannot be told, is
said in the module of each kind. Processes are forked and limited, so this needs Linux.
"""

import argparse
import json
import sys
from collections import Counter
from pathlib import Path

from tests.fuzz.run import KINDS, SHARES, peak_megabytes, run
from tests.fuzz.sabotage import SABOTAGE

PROOFS = 100  # so many inputs show each way of breaking the product


def main() -> int:
    """Run what is asked for; 1 if anything did not hold."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--times", type=int, default=10_000, help="How many inputs, of all kinds together.")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--only", choices=list(KINDS), help="One kind alone.")
    options.add_argument("--number", type=int, help="One input alone, of the kind that --only names.")
    options.add_argument("--prove", action="store_true", help="See that broken products are noticed.")
    options.add_argument("--log", type=Path, help="Where each input's outcome is added, one line of JSON each.")
    given = options.parse_args()
    if given.prove:
        return _prove(given.seed)
    faulty = 0
    for kind in [given.only] if given.only else list(KINDS):
        times = given.times if given.only else round(given.times * SHARES[kind])
        numbers = range(times) if given.number is None else [given.number]
        faulty += _kind(kind, numbers, given.seed, given.log)
    print(f"the largest process held {peak_megabytes():,.0f} MiB; {faulty} inputs with faults")
    return 1 if faulty else 0


def _kind(kind: str, numbers: "range | list[int]", seed: int, log: Path | None) -> int:
    came: Counter[str] = Counter()
    slowest, faulty, count = 0.0, 0, 0
    for one in run(kind, numbers, seed):
        count += 1
        came.update(one.came)
        slowest = max(slowest, one.seconds)
        if one.faults:
            faulty += 1
            print(f"{kind} {one.number} ({', '.join(one.damage)}):", *one.faults[:5], sep="\n    ", flush=True)
        if log:
            with log.open("a", encoding="utf-8") as lines:
                lines.write(json.dumps(vars(one)) + "\n")
    found = ", ".join(f"{number:,} {what}" for what, number in sorted(came.items()))
    print(f"{count:,} {kind}: {found}; slowest {slowest:.1f} s; {faulty} with faults", flush=True)
    return faulty


def _prove(seed: int) -> int:
    unnoticed = 0
    for what, (kinds, make) in SABOTAGE.items():
        for kind in kinds:
            seen = next((one for one in run(kind, range(PROOFS), seed, make) if one.faults), None)
            unnoticed += seen is None
            print(f"{what}, {kind}: {seen.faults[0].splitlines()[0] if seen else 'NOT NOTICED'}", flush=True)
    return 1 if unnoticed else 0


if __name__ == "__main__":
    sys.exit(main())
