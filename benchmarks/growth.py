"""How each cost grows with ten and a hundred times the data: register rows, councils' pages, indicator-years, draws.

    python -m benchmarks.growth

Each line gives the seconds at one, ten and a hundred times the smallest size, and how many times as long the last
took as the first: about a hundred is growth in step with the data, less is a fixed cost shared out.
"""

import time
from collections.abc import Callable, Sequence

import numpy as np

from assets.ombudsman.parse_page import parse_page
from benchmarking.comparison import compare
from benchmarking.settings import RankingSettings
from benchmarks import register
from benchmarks.measuring import note
from benchmarks.parsing import pages
from benchmarks.ranking import synthetic_groups, synthetic_year
from warehouse.second_process import second_process

STEPS = (1, 10, 100)
SMALLEST_REGISTER = 10_000


def seconds_of(work: Callable[[], object]) -> float:
    """The wall time of one piece of work."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def register_rows() -> list[float]:
    """Check, load and every measure of a register."""
    return [sum(register.measured(SMALLEST_REGISTER * step)["ours"]["seconds"].values()) for step in STEPS]


def statistics_pages() -> list[float]:
    """Reading pages with the furniture of a site."""
    some = pages()["furnished"][:10]

    def read(times: int) -> None:
        for _ in range(times):
            for page in some:
                parse_page(page)

    return [seconds_of(lambda step=step: read(step)) for step in STEPS]  # type: ignore[misc]


def indicator_years() -> list[float]:
    """Verdicts and ranks of 317 councils in all their groups."""
    generator = np.random.default_rng(1)
    types, groups = synthetic_groups(generator)
    settings = RankingSettings()
    years = [
        (synthetic_year(generator, types, f"indicator {one}", one), groups, settings) for one in range(100)
    ]
    return [seconds_of(lambda step=step: second_process().share(compare, years[:step])) for step in STEPS]  # type: ignore[misc]


def draws() -> list[float]:
    """Verdicts and ranks of one indicator-year with more draws."""
    generator = np.random.default_rng(1)
    types, groups = synthetic_groups(generator)
    year = synthetic_year(generator, types, "indicator", 0)
    return [
        seconds_of(
            lambda step=step: compare(year, groups, RankingSettings(draws=400 * step, benchmark_draws=400))  # type: ignore[misc]
        )
        for step in STEPS
    ]


GROWTHS: dict[str, Callable[[], Sequence[float]]] = {
    "register: 10 thousand to a million cases": register_rows,
    "statistics pages: 10 to a thousand": statistics_pages,
    "ranking: 1 to 100 indicator-years": indicator_years,
    "ranking: 400 to 40 thousand draws": draws,
}


def main() -> None:
    """Print and note each growth."""
    print(f"{'':42}" + "".join(f"{f'x {step}':>9}" for step in STEPS) + "   last to first")
    for name, measure in GROWTHS.items():
        taken = measure()
        times = taken[-1] / taken[0]
        print(f"{name:42}" + "".join(f"{seconds:8.2f}s" for seconds in taken) + f"{times:12.0f} times")
        note(f"{name}: hundred times the data", times, "times as long")


if __name__ == "__main__":
    main()
