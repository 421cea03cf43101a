"""The data dictionary says what the contracts say."""

from typer.testing import CliRunner

from cli.main import app
from warehouse.contracts import read_contracts
from warehouse.settings import PROJECT


def test_the_data_dictionary_has_every_column_of_every_table() -> None:
    shown = CliRunner().invoke(app, ["dictionary"])
    sections = dict(part.split("\n", 1) for part in shown.stdout.split("\n### ")[1:])
    contracts = read_contracts(PROJECT / "expectations")
    assert set(sections) == set(contracts)
    for relation, contract in contracts.items():
        for name, column in contract.columns.items():
            assert f"| `{name}` | {column.type} |" in sections[relation]
