"""The README's pictures: small, shown with what they say, and of the present design."""

import pytest

from tools.pictures import DESIGN, PICTURES, design
from warehouse.settings import PROJECT


def test_the_pictures_are_of_the_present_design() -> None:
    assert DESIGN.read_text(encoding="utf-8").strip() == design(), (
        "The design changed: run `uv run benchmark --example`, then `uv run python -m tools.pictures`, and look."
    )


@pytest.mark.parametrize("picture", PICTURES)
def test_a_picture_is_small_and_the_readme_shows_it_with_a_text_alternative(picture: str) -> None:
    path = PROJECT / "docs" / f"{picture}.png"
    assert path.read_bytes().startswith(b"\x89PNG") and path.stat().st_size < 300_000
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    (alternative,) = [line for line in readme.splitlines() if line.endswith(f"](docs/{picture}.png)")]
    assert len(alternative.removeprefix("![").split("](")[0]) > 40
