"""The blank plan, as YAML or as a workbook with lists and a data dictionary, from the plan's contract."""

import shutil
from pathlib import Path
from types import NoneType
from typing import Any, Literal, get_args, get_origin

from assets.council.contract import Column, Table
from assets.council.template import write_workbook
from assets.improvement.contract import SECTIONS
from assets.improvement.measures import measure_rows

HERE = Path(__file__).parent
BLANK = HERE / "blank.yml"
ILLUSTRATIVE = HERE / "illustrative.yml"


def write_plan_template(path: Path, indicators: Path) -> None:
    """Write the blank plan: a workbook where the name ends in .xlsx, else YAML. indicators: their folder."""
    if path.suffix.lower() != ".xlsx":
        shutil.copyfile(BLANK, path)
        return
    about = [("as_at", None, "The day on which this is how things stand, as YYYY-MM-DD")]
    directed = [row for row in measure_rows(indicators) if row["polarity"] != "none"]
    definitions = ["What `indicator` may be:", *(f"{row['measure']}: {row['title']}" for row in directed)]
    write_workbook(path, about, [(table, []) for table in plan_tables()], definitions)


def plan_tables() -> list[Table]:
    """The sections of a plan as tables of a contract."""
    return [
        Table(
            name=section,
            title=section.capitalize(),
            row=(model.__doc__ or "").split(".")[0].removeprefix("One ").removesuffix(":"),
            key=("id",),
            columns=tuple(_column(name, field) for name, field in model.model_fields.items()),
        )
        for section, model in SECTIONS.items()
    ]


def _column(name: str, field: Any) -> Column:
    kind = field.annotation
    parts = [part for part in get_args(kind) if part is not NoneType]
    if get_origin(kind) is Literal:
        return Column(
            name=name, type="code", allowed=get_args(kind), description=field.description, required="value"
        )
    text = str(parts or kind)
    of_type = "date" if "date" in text else "decimal" if "float" in text else "text"
    return Column(
        name=name,
        type="date" if of_type == "date" else "decimal" if of_type == "decimal" else "text",
        description=field.description,
        required="value" if field.is_required() else None,
        maximum=100 if of_type == "decimal" else None,
    )
