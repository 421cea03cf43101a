"""The data dictionary is what the contracts say."""

from tools.data_dictionary import PAGE, page
from warehouse.contracts import read_contracts
from warehouse.settings import PROJECT


def test_the_data_dictionary_is_written_from_the_contracts() -> None:
    expected = page(dict(read_contracts(PROJECT / "expectations")))
    assert PAGE.read_text(encoding="utf-8") == expected, "run: uv run python tools/data_dictionary.py"
