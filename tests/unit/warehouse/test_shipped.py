"""A shipped file is read as it stands, or refused with the file, the line and the reason."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from warehouse.shipped import ShippedFile, SourceFileError

SOURCE = {
    "title": "Figures (illustrative)",
    "producer": "Exampleshire County Council (invented)",
    "licence": "none",
    "attribution": "none",
    "row": "One figure.",
    "note": "Illustrative.",
    "gathered": "2026-11",
    "file": "figures.csv",
}
Ship = Callable[..., ShippedFile]


@pytest.fixture
def ship(tmp_path: Path) -> Ship:
    """Puts bytes into a file with a source file that vouches for them, or for others."""

    def shipped(content: bytes, vouched: bytes | None = None, **changes: str) -> ShippedFile:
        (tmp_path / "figures.csv").write_bytes(content)
        sha256 = hashlib.sha256(content if vouched is None else vouched).hexdigest()
        source = tmp_path / "figures.source.yml"
        source.write_text(yaml.safe_dump(SOURCE | {"sha256": sha256} | changes), encoding="utf-8")
        return ShippedFile(source)

    return shipped


def test_every_field_is_text_and_a_blank_is_missing(ship: Ship) -> None:
    rows = ship(b"council,value\nA,007\nB,\nC,  \n").rows()
    assert rows["value"].to_pylist() == ["007", None, None]


def test_a_file_of_a_header_alone_has_no_rows(ship: Ship) -> None:
    assert ship(b"council,value\n").rows().to_pydict() == {"source_row": [], "council": [], "value": []}


def test_a_row_knows_the_line_it_stands_on(ship: Ship) -> None:
    assert ship(b"council,value\nA,1\nB,2\n").rows()["source_row"].to_pylist() == [2, 3]


def test_a_quoted_field_may_hold_commas_quotes_and_lines_and_later_rows_keep_their_line(ship: Ship) -> None:
    rows = ship(b'council,note\n"A, the ""first""","two\nlines"\nB,one\n').rows()
    assert rows["council"].to_pylist() == ['A, the "first"', "B"]
    assert rows["note"].to_pylist()[0] == "two\nlines"
    assert rows["source_row"].to_pylist() == [2, 4]


@pytest.mark.parametrize(("row", "fields"), [(b"A", 1), (b"A,1,2", 3), (b"", 0)])
def test_a_row_with_more_or_fewer_fields_than_the_header_is_refused(ship: Ship, row: bytes, fields: int) -> None:
    file = ship(b"council,value\nB,1\n" + row + b"\nC,2\n")
    with pytest.raises(SourceFileError, match=rf"figures.csv, line 3: {fields} fields where the header has 2"):
        file.rows()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'council,value\nA,1\nB,"never clo', r"figures\.csv, line 3"),
        (b"", "the file is empty"),
        (b"council,value\n\xff,1\n", r"figures\.csv: not in UTF-8"),
    ],
)
def test_what_is_no_whole_file_of_text_is_refused(ship: Ship, content: bytes, said: str) -> None:
    with pytest.raises(SourceFileError, match=said):
        ship(content).rows()


def test_a_file_with_another_hash_is_refused_with_both_hashes_and_what_to_do(ship: Ship) -> None:
    file = ship(b"council,value\nA,2\n", vouched=b"council,value\nA,1\n")
    with pytest.raises(SourceFileError) as refused:
        file.rows()
    for part in (
        "figures.csv",
        hashlib.sha256(b"council,value\nA,2\n").hexdigest(),
        "git checkout",
        "uv run tools/vouch.py figures",
        "CHANGELOG",
    ):
        assert part in str(refused.value)


def test_a_missing_file_is_named(ship: Ship, tmp_path: Path) -> None:
    file = ship(b"council,value\n")
    (tmp_path / "figures.csv").unlink()
    with pytest.raises(SourceFileError, match=r"figures.csv: named by figures.source.yml"):
        file.rows()


@pytest.mark.parametrize("text", ["title: [", "- a list", "title: only a title", "colour: red"])
def test_a_source_file_that_is_none_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "figures.source.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SourceFileError, match=r"figures\.source\.yml: cannot be read as a source file"):
        _ = ShippedFile(path).source
