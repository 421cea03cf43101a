"""Vouch for a shipped file after an entry was added: write its new sha256 into the `.source.yml` next to it.

Run as `uv run tools/vouch.py practices`, with the file's name in `data/`. Look at what changed first: whoever vouches
for a file says that its entries have a source.
"""

import hashlib
import re
import sys
from pathlib import Path

DATA = Path(__file__).parent.parent / "data"


def vouch(name: str, folder: Path = DATA) -> Path:
    """The source file of the shipped file `name`, which now holds its hash. Raises FileNotFoundError."""
    found = sorted(folder.rglob(f"{name}.source.yml"))
    if not found:
        known = ", ".join(sorted(path.name.removesuffix(".source.yml") for path in folder.rglob("*.source.yml")))
        raise FileNotFoundError(f"no {name}.source.yml in data/; there are: {known}")
    text = found[0].read_text(encoding="utf-8")
    file = re.search(r"^file: (.+)$", text, re.MULTILINE)
    path = found[0].with_name(file[1].strip() if file else f"{name}.csv")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    found[0].write_text(re.sub(r"^sha256: .*$", f"sha256: {digest}", text, flags=re.MULTILINE), encoding="utf-8")
    return found[0]


if __name__ == "__main__":
    try:
        for each in sys.argv[1:]:
            print(vouch(each).relative_to(DATA.parent))
    except FileNotFoundError as error:
        sys.exit(str(error))
