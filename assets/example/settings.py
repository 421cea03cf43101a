"""The settings of the example: before it has a register, and with its register, plan and peer returns delivered."""

import pandas as pd

from assets.council.check import check_register
from assets.council.deliveries import RegisterStore
from assets.council.querying import read_rows
from assets.example import cases, councils
from assets.improvement.assets import undertaking_store
from assets.improvement.measures import polarities
from assets.improvement.plan import check_plan
from assets.improvement.template import ILLUSTRATIVE
from warehouse.settings import Settings


def earlier_settings(settings: Settings) -> Settings:
    """The settings of the example's earlier edition: a year fewer of the Ombudsman's figures, and no register yet."""
    return _apart(settings, councils.YEARS[:-1])


def example_settings(settings: Settings) -> Settings:
    """The settings of the example, apart from everything real, with all that a council can load delivered."""
    apart = _apart(settings, councils.YEARS)
    store = RegisterStore(apart.state / "register")
    tables = {
        "case_stages": cases.example_register(councils.CASES, pace=councils.pace),
        "resources": cases.example_resources(),
        "compliments": cases.example_compliments(),
        "peer_return": councils.peer_returns(),
    }
    for name, frame in tables.items():
        _deliver(store, name, cases.as_delivered(frame))
    plan = check_plan(ILLUSTRATIVE, polarities(settings.indicators))
    undertaking_store(apart).keep_plan(plan, cases.GSS_CODE)
    return apart


def _apart(settings: Settings, years: tuple[int, ...]) -> Settings:
    state = settings.state / "example"
    return settings.model_copy(
        update={
            "data": councils.write_data(settings.data, state / "data", years),
            "state": state,
            "captures": state / "captures",
            "output": settings.output / "example",
            "council": councils.SLUG,
            "own_comparators": [],
            "is_example": True,
        }
    )


def _deliver(store: RegisterStore, name: str, text: pd.DataFrame) -> None:
    rows = text.itertuples(index=False, name=None)
    store.deliver(
        check_register(
            read_rows(f"illustrative {name}", list(text.columns), rows),
            gss_code=cases.GSS_CODE,
            salt=store.salt(),
            as_at=cases.AS_AT,
            table=name,
        )
    )
