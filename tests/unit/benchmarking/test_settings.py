import pytest

from benchmarking.settings import RankingSettings


def test_the_defaults_are_valid() -> None:
    assert RankingSettings().draws == 4_000


@pytest.mark.parametrize(
    "wrong",
    [
        {"level": 1.0},
        {"level": 0.999},
        {"bands_from": 0.8},
        {"draws": 0},
        {"draws": 4_001},
        {"benchmark_draws": 3_000},
        {"spread_scale": 0.0},
    ],
)
def test_settings_that_make_no_sense_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"must|between|needs|counts"):
        RankingSettings(**wrong)  # type: ignore[arg-type]
