"""The pictures of README and docs: small, shown with what they say, and of the present design."""

import pytest

from tools.pictures import DESIGN, PICTURES, SHOWN_BY, design
from warehouse.settings import PROJECT


def test_the_pictures_are_of_the_present_design() -> None:
    assert DESIGN.read_text(encoding="utf-8").strip() == design(), (
        "The design changed: run `uv run benchmark --example`, then `uv run python -m tools.pictures`, and look."
    )


@pytest.mark.parametrize("picture", {**PICTURES, **SHOWN_BY})
def test_a_picture_is_small_and_shown_with_a_text_alternative(picture: str) -> None:
    path = PROJECT / "docs" / f"{picture}.png"
    assert path.read_bytes().startswith(b"\x89PNG") and path.stat().st_size < 300_000
    shown_by = PROJECT / SHOWN_BY.get(picture, "README.md")
    at = path.relative_to(shown_by.parent).as_posix()
    lines = shown_by.read_text(encoding="utf-8").splitlines()
    (alternative,) = [line for line in lines if line.endswith(f"]({at})")]
    assert len(alternative.removeprefix("![").split("](")[0]) > 40
