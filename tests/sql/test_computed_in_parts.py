"""What Python computes part by part is what it computes at once."""

from pathlib import Path

import pytest

from assets.council import relations
from assets.council.relations import COMPUTED_RELATIONS, compute
from assets.example.cases import example_register, example_resources
from tests.sql.harness import PROJECT
from tests.sql.register_world import World, register_models
from warehouse.contracts import read_contracts
from warehouse.names import Relation


def test_a_relation_computed_in_parts_has_the_same_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = World(tmp_path, register_models())
    made.deliver(example_register(1500))
    made.deliver(example_resources(), "resources")
    made.build()
    contracts = read_contracts(PROJECT / "expectations")
    for relation in COMPUTED_RELATIONS:
        at_once = made.rows(relation)
        monkeypatch.setattr(relations, "ROWS_AT_ONCE", 300)
        compute(made.connection, relation, contracts[Relation(relation)])
        monkeypatch.undo()
        assert len(at_once)
        assert made.rows(relation).equals(at_once), relation
