"""A register delivered, loaded and modelled, for tests of the council's own relations."""

from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from assets.council.check import check_register
from assets.council.deliveries import RegisterStore
from assets.council.mapping import Mapping
from assets.council.relations import build
from assets.example.cases import AS_AT, GSS_CODE, as_delivered
from tests.sql.harness import PROJECT
from warehouse.contracts import read_contracts
from warehouse.models import Model, read_model


def register_models() -> list[Model]:
    """The project's models; reading all of them once is the slow part."""
    paths = [path for layer in ("staging", "core", "marts") for path in sorted((PROJECT / "sql" / layer).glob("*.sql"))]
    return [read_model(path) for path in paths]


class World:
    """One store and the relations made of it."""

    def __init__(self, folder: Path, models: list[Model]) -> None:
        self.store = RegisterStore(folder / "register")
        self.folder = folder
        self.models = models
        self.connection = duckdb.connect()

    def deliver(
        self, rows: pd.DataFrame | str, table: str = "case_stages", gss_code: str = GSS_CODE, **mapping: Any
    ) -> None:
        """Check and keep a delivery; text is CSV. Raises AssertionError if a row was set aside."""
        path = self.folder / f"{table}.csv"
        if isinstance(rows, str):
            path.write_text("\n".join(line.strip() for line in rows.strip().splitlines()) + "\n")
        else:
            as_delivered(rows).to_csv(path, index=False)
        settings = {"as_at": AS_AT} | mapping
        report = check_register(
            path, gss_code=gss_code, salt=self.store.salt(), table=table, mapping=Mapping(**settings)
        )
        assert not report.is_refused and report.quarantined == 0, report.as_text()
        self.store.deliver(report)

    def build(self) -> list[str]:
        """Make every relation; their names."""
        contracts = read_contracts(PROJECT / "expectations")
        return list(build(self.connection, self.store, self.models, contracts))

    def rows(self, relation: str, **where: Any) -> pd.DataFrame:
        """The rows of a relation in which the named columns hold the given values."""
        frame = self.connection.sql(f"from {relation}").df()
        for name, value in where.items():
            frame = frame[frame[name] == value]
        return frame.reset_index(drop=True)

    def row(self, relation: str, **where: Any) -> dict[str, Any]:
        """The one row. Raises AssertionError if there is none or more than one."""
        found = self.rows(relation, **where)
        assert len(found) == 1, found
        return found.iloc[0].to_dict()
