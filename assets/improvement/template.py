"""The blank plan, as YAML or as a workbook with lists and a data dictionary, from the plan's contract."""

import shutil
from pathlib import Path

from assets.council.template import write_workbook
from assets.improvement.measures import measure_rows
from assets.improvement.plan import plan_tables

HERE = Path(__file__).parent
BLANK = HERE / "blank.yml"
ILLUSTRATIVE = HERE / "illustrative.yml"


def write_plan_template(path: Path, indicators: Path) -> None:
    """Write the blank plan: a workbook where the name ends in .xlsx, else YAML. indicators: their folder."""
    if path.suffix.lower() != ".xlsx":
        shutil.copyfile(BLANK, path)
        return
    about = [("as_at", None, "The day on which this is how things stand, as YYYY-MM-DD")]
    directed = {row["measure"]: row for row in measure_rows(indicators) if row["polarity"] != "none"}
    definitions = ["What `indicator` may be:", *(f"{name}: {row['title']}" for name, row in directed.items())]
    tables = plan_tables({name: row["polarity"] for name, row in directed.items()})
    write_workbook(path, about, [(table, []) for table in tables], definitions)
