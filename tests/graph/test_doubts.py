"""A page that contradicts itself moves no comparison, in the whole pipeline, until somebody vouches for it."""

import pytest

from tests.graph.conftest import GoodRun
from tests.graph.world import PAGES, Run, World

SAMPLESHIRE = "sampleshire-county-council-invented"
MOCKSHIRE = "mockshire-county-council-invented"
# what is made of the pages and the corrections file, up to the comparisons
CONCERNED = (
    *(f"{layer}.{name}" for name in ("statistics_pages", "vouched_figures") for layer in ("raw", "staging")),
    *(f"core.{name}" for name in ("readings", "witnesses", "document_figures", "contradictions", "jumps", "doubts")),
    *("core.observations", "marts.indicator_values", "marts.comparisons", "quality.vouched_figures"),
)
ENTRY = {
    "council": SAMPLESHIRE,
    "period_start": "2023-04-01",
    "period_end": "2024-03-31",
    "reason": "looked up in the letter of that year",
    "author_role": "complaints manager",
}


def pooled(world: World) -> list[tuple[int | None, int | None]]:
    """What the subject's comparators with data add up to."""
    return world.ask(
        "select pooled_numerator, pooled_denominator from marts.comparisons where indicator = 'uphold_rate'"
        " and gss_code = 'X99999901' and comparator_group = 'lgsco_type' and period_label = '2023-24'"
    )


@pytest.fixture(scope="module")
def doubted(good_run: GoodRun, tmp_path_factory: pytest.TempPathFactory) -> tuple[World, Run]:
    """The world where two pages print 50% for nearly all; what the one says is vouched for, and the other's is not."""
    world = good_run.world.copy(tmp_path_factory.mktemp("doubted") / "world")
    others = {SAMPLESHIRE: {"upheld": 18}, MOCKSHIRE: {"upheld": 9, "uphold_rate_pct": 50}}
    world.write(
        "ombudsman/statistics_pages",
        [row | (others.get(row["slug"], {}) if row["period_start"] == "2023-04-01" else {}) for row in PAGES],
    )
    vouched = (("upheld", 18), ("investigated", 20), ("uphold_rate_pct", 49))
    world.write(
        "ombudsman/vouched_figures",
        [ENTRY | {"measure": measure, "value": value} for measure, value in vouched],
    )
    return world, world.run(*CONCERNED)


def test_a_page_that_contradicts_itself_is_in_no_pool_until_somebody_vouches_for_it(
    doubted: tuple[World, Run],
) -> None:
    world, run = doubted
    assert (run.status, run.errors) == (0, "")
    assert pooled(world) == [(18, 20)]
    assert "the printed 50% is not 9 of 10" in world.pages()
    assert "marts.indicator_values: no_figure_contradicts_its_own_source_or_is_out_by_ten_times" in run.failed_checks


def test_an_entry_that_is_not_needed_fails(doubted: tuple[World, Run]) -> None:
    world, run = doubted
    states = world.ask("select measure, state from quality.vouched_figures order by all")
    assert states == [
        ("investigated", "needed"),
        ("upheld", "needed"),
        ("uphold_rate_pct", "the figure is another"),
    ]
    (failed,) = [name for name in run.failed_checks if name.startswith("quality.vouched_figures")]
    assert failed == "quality.vouched_figures: every_entry_of_the_corrections_file_is_needed_and_fits_its_figure"
