"""A page that contradicts itself moves no comparison, in the whole pipeline, until somebody vouches for it."""

from tests.graph.world import PAGES, SUBJECT, Run, World

SAMPLESHIRE = "sampleshire-county-council-invented"
PRINTED = {"slug": SAMPLESHIRE, "period_start": "2023-04-01"}
ENTRY = {
    "council": SAMPLESHIRE,
    "period_start": "2023-04-01",
    "period_end": "2024-03-31",
    "reason": "looked up in the letter of that year",
    "author_role": "complaints manager",
}


def pooled(world: World) -> list[tuple[int | None, int | None]]:
    """What the subject's only comparator with data adds up to."""
    return world.ask(
        "select pooled_numerator, pooled_denominator from marts.comparisons where indicator = 'uphold_rate'"
        " and gss_code = 'X99999901' and comparator_group = 'lgsco_type' and period_label = '2023-24'"
    )


def refreshed(world: World, *vouched: tuple[str, int]) -> Run:
    """The world where Sampleshire's page prints 50% for 18 of 20, with these entries vouching for it."""
    world.write(
        "ombudsman/statistics_pages",
        [row | ({"upheld": 18} if PRINTED.items() <= row.items() else {}) for row in PAGES],
    )
    world.write(
        "ombudsman/vouched_figures",
        [ENTRY | {"measure": measure, "value": value} for measure, value in vouched],
    )
    return world.command("--council", SUBJECT)


def test_a_page_that_contradicts_itself_is_in_no_pool_and_its_reason_is_shown(world: World) -> None:
    run = refreshed(world)
    assert run.status == 0, run.printed
    assert pooled(world) == [(None, None)]
    assert "the printed 50% is not 18 of 20" in world.pages()
    assert (
        "marts.indicator_values: no_figure_contradicts_its_own_source_or_is_out_by_ten_times"
        in run.failed_checks
    )


def test_once_vouched_for_it_counts_and_an_entry_that_is_not_needed_fails(world: World) -> None:
    run = refreshed(world, ("upheld", 18), ("investigated", 20), ("uphold_rate_pct", 49))
    assert run.status == 0, run.printed
    assert pooled(world) == [(18, 20)]
    states = world.ask("select measure, state from quality.vouched_figures order by all")
    assert states == [
        ("investigated", "needed"),
        ("upheld", "needed"),
        ("uphold_rate_pct", "the figure is another"),
    ]
    (failed,) = [name for name in run.failed_checks if name.startswith("quality.vouched_figures")]
    assert (
        failed == "quality.vouched_figures: every_entry_of_the_corrections_file_is_needed_and_fits_its_figure"
    )
