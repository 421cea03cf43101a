"""The invented council of the example: in the register of councils only while the example is made, and never a peer."""

import pandas as pd

from assets.council import example
from assets.council.check import check_register
from assets.council.deliveries import RegisterStore
from assets.council.reading import read_rows
from assets.improvement.assets import undertaking_store
from assets.improvement.measures import polarities
from assets.improvement.plan import check_plan
from assets.improvement.template import ILLUSTRATIVE
from warehouse.settings import Settings

SLUG = "exampleshire-county-council-illustrative"

INVENTED_COUNCIL = {
    "council_id": SLUG,
    "official_name": example.COUNCIL,
    "nice_name": "Exampleshire (illustrative)",
    "gss_code": example.GSS_CODE,
    "type": "county",
    "region": "West Midlands",
}
COLUMNS = ["source_row", *INVENTED_COUNCIL]


def invented_councils(settings: Settings) -> pd.DataFrame:
    """The rows of raw.invented_councils: the example's council while the example is made, else none."""
    rows = [{"source_row": 1, **INVENTED_COUNCIL}] if settings.is_example else []
    frame = pd.DataFrame(rows, columns=COLUMNS)
    return frame.astype({"source_row": "int64"} | dict.fromkeys(INVENTED_COUNCIL, "str"))


def example_settings(settings: Settings) -> Settings:
    """The settings of the example, apart from everything real, with its register and its plan delivered."""
    apart = settings.model_copy(
        update={
            "state": settings.state / "example",
            "output": settings.output / "example",
            "council": SLUG,
            "is_example": True,
        }
    )
    store = RegisterStore(apart.state / "register")
    tables = {
        "case_stages": example.example_register(),
        "resources": example.example_resources(),
        "compliments": example.example_compliments(),
    }
    for name, frame in tables.items():
        text = example.as_delivered(frame)
        rows = text.itertuples(index=False, name=None)
        report = check_register(
            read_rows(f"illustrative {name}", list(text.columns), rows),
            gss_code=example.GSS_CODE,
            salt=store.salt(),
            as_at=example.AS_AT,
            table=name,
        )
        store.deliver(report)
    plan = check_plan(ILLUSTRATIVE, polarities(settings.indicators))
    undertaking_store(apart).keep_plan(plan, example.GSS_CODE)
    return apart
