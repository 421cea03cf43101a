"""Take the pictures of the example that README shows: `uv run benchmark --example`, then `python -m tools.pictures`."""

import hashlib
import shutil
import sys
from io import BytesIO

from PIL import Image
from playwright.sync_api import sync_playwright

from assets.example.councils import SLUG
from assets.publication.publishing import FOLDER, current
from warehouse.settings import PROJECT, Settings

DESIGN = PROJECT / "docs" / "example-pictures.sha256"
SHAPED_BY = (
    "templates/base.html.j2",
    "templates/briefing.html.j2",
    "templates/macros.html.j2",
    "templates/panel-pack.html.j2",
    "templates/strips.html.j2",
    "static/style.css",
)
# by the picture: the page, and the height that is shown of it
PICTURES = {"example-briefing": ("index.html", 1480), "example-pack": ("panel-pack.html", 1500)}
WIDTH = 1280


def design() -> str:
    """A hash of the templates and the style that the pictures show."""
    digest = hashlib.sha256()
    for name in SHAPED_BY:
        digest.update((PROJECT / "assets" / "publication" / name).read_bytes())
    return digest.hexdigest()


def main() -> None:
    """Take the pictures from the example's present edition, and record the design that they show."""
    folder = Settings().output / "example" / SLUG
    edition = current(folder)
    if not edition:
        sys.exit("There is no example to draw: run `uv run benchmark --example` first.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        for picture, (name, height) in PICTURES.items():
            page = browser.new_page(viewport={"width": WIDTH, "height": height})
            page.goto((folder / FOLDER / edition / name).resolve().as_uri())
            drawn = Image.open(BytesIO(page.screenshot()))
            drawn.quantize(64).save(PROJECT / "docs" / f"{picture}.png", optimize=True)
        browser.close()
    DESIGN.write_text(design() + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
