"""Take the pictures that README and docs/complaints-manager.md show: `uv run benchmark --example`, then
`python -m tools.pictures`."""

import hashlib
import html
import shutil
import subprocess
import sys
import tempfile
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from assets.example.councils import SLUG
from assets.publication.publishing import FOLDER, current
from warehouse.settings import PROJECT, Settings

DESIGN = PROJECT / "docs" / "example-pictures.sha256"
SHAPED_BY = (
    "templates/base.html.j2",
    "templates/index.html.j2",
    "templates/macros.html.j2",
    "templates/panel-pack.html.j2",
    "templates/strips.html.j2",
    "static/style.css",
)
# by the picture: the page, and the height that is shown of it
PICTURES = {
    "example-briefing": ("index.html", 1480),
    "example-pack": ("panel-pack.html", 1500),
    "example-own-cases": ("our-complaints.html", 1200),
}
WIDTH = 1280
# the document that shows a picture, where README does not
SHOWN_BY = dict.fromkeys(("example-own-cases", "register-mapping"), "docs/complaints-manager.md")
# a draft of a mapping as a complaints manager sees it
EXPORT = PROJECT / "tests" / "cases" / "register" / "01-icasework-wide.csv"
TERMINAL = "<pre style='margin:0;padding:20px;background:#1d2430;color:#f2f2f2;font:15px/1.4 monospace'>{}</pre>"


def design() -> str:
    """A hash of the templates and the style that the pictures show."""
    digest = hashlib.sha256()
    for name in SHAPED_BY:
        digest.update((PROJECT / "assets" / "publication" / name).read_bytes())
    return digest.hexdigest()


def drafted() -> str:
    """What `register-mapping` prints of an export, long lines cut, as HTML."""
    with tempfile.TemporaryDirectory() as folder:
        command = [
            "register-mapping",
            str(EXPORT),
            "--as-at",
            "2026-09-30",
            "--out",
            str(Path(folder) / "mapping.yml"),
        ]
        run = subprocess.run([sys.executable, "-m", "cli", *command], capture_output=True, text=True, check=True)
    lines = ["$ uv run benchmark register-mapping export.csv --as-at 2026-09-30", *run.stdout.splitlines()]
    shown = [line if len(line) <= 130 else f"{line[:129]}…" for line in lines if folder not in line]
    return TERMINAL.format(html.escape("\n".join(shown).replace(EXPORT.name, "export.csv")))


def keep(picture: str, drawn: bytes) -> None:
    """Keep a picture in docs, with few colours."""
    Image.open(BytesIO(drawn)).quantize(64).save(PROJECT / "docs" / f"{picture}.png", optimize=True)


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
            keep(picture, page.screenshot())
        page = browser.new_page(viewport={"width": WIDTH, "height": 700})
        page.set_content(drafted())
        keep("register-mapping", page.locator("pre").screenshot())
        browser.close()
    DESIGN.write_text(design() + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
