"""SIGKILL at a random moment of a refresh, then one recovering run: what must hold after each."""

import json
import random
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from assets.ombudsman.archive import Captures
from tests.faults.runs import VERSIONS, products, put_version, refresh, set_up, start
from tests.graph.world import World


@dataclass(frozen=True)
class Kill:
    """One kill: how many seconds into the run, what readers then had, and how the recovering run went.

    came_in_time: False where the run had ended before, which is no kill.
    """

    after: float
    came_in_time: bool
    found: dict[str, str]
    recovered_in: float
    faults: list[str]


@dataclass(frozen=True)
class Tried:
    """A world that has published both versions, what each looks like when all went well, and how long a run takes."""

    world: World
    good: dict[str, dict[str, str]]
    seconds: float

    @classmethod
    def prepared(cls, folder: Path) -> "Tried":
        """Publish the first version, the second and the first again: each has then followed the other, as it will."""
        world = set_up(folder)
        good, seconds = {}, []
        for version in (*VERSIONS, VERSIONS[0]):
            put_version(world, version)
            ended = refresh(world)
            if ended.status:
                raise RuntimeError(f"a run that nobody disturbed failed:\n{ended.printed}")
            seconds.append(ended.seconds)
            good[version] = products(world)
        return cls(world, good, min(seconds))

    def whole(self, found: dict[str, str]) -> dict[str, str]:
        """Which version each product is, or `damaged`."""
        return {
            name: next((version for version in VERSIONS if self.good[version][name] == what), "damaged")
            for name, what in found.items()
        }

    def faults(self, version: str) -> list[str]:
        """What is wrong after a recovering run of `version`."""
        found = self.whole(products(self.world))
        wrong = [f"{name} is {what}, not {version}" for name, what in found.items() if what != version]
        wrong += [f"no {name}" for name in self.good[version] if name not in found]
        archive = Captures(self.world.settings.captures)
        wrong += archive.verify()
        wrong += [] if len(archive.addresses()) == 3 else ["a capture is gone"]
        output = self.world.settings.output
        return wrong + [f"left behind: {path.name}" for path in output.rglob(".*.new")]


def kill_once(tried: Tried, version: str, after: float) -> Kill:
    """Kill a run of `version` after so many seconds, look, and let one run recover."""
    put_version(tried.world, version)
    ended = start(tried.world).wait(after)
    found = tried.whole(products(tried.world))
    faults = [f"after the kill {name} was {what}" for name, what in found.items() if what == "damaged"]
    faults += [f"after the kill there was no {name}" for name in tried.good[version] if name not in found]
    if ended.killed_by is None and ended.status:
        faults.append(f"ended by itself with {ended.status} before the kill:\n{ended.printed[-2000:]}")
    recovery = refresh(tried.world)
    if recovery.status:
        faults.append(f"the recovering run exited with {recovery.status}:\n{recovery.printed[-2000:]}")
    return Kill(
        round(after, 2),
        ended.killed_by is not None,
        found,
        round(recovery.seconds, 1),
        faults + tried.faults(version),
    )


def kills(tried: Tried, times: int, dice: random.Random, log: Path | None = None) -> Iterator[Kill]:
    """So many kills, each at a moment drawn evenly from the length of a run, which is that of the run before, because
    the machine may have other work. Each, and each that came too late, is appended to `log` at once."""
    length, killed, number = tried.seconds, 0, 0
    while killed < times:
        number += 1
        kill = kill_once(tried, VERSIONS[number % 2], dice.uniform(0, length))
        length = kill.recovered_in
        killed += kill.came_in_time
        if log:
            with log.open("a", encoding="utf-8") as lines:
                lines.write(json.dumps({"at": round(time.time()), **asdict(kill)}) + "\n")
        yield kill
