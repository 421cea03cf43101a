"""A contract that does not hang together is refused, with its file and the reason."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from warehouse.contracts import ContractError, read_contract

CONTRACT: dict[str, Any] = {
    "row": "One council.",
    "key": ["gss_code"],
    "group": "reference",
    "columns": [
        {"gss_code": {"type": "VARCHAR", "description": "Code"}},
        {"share?": {"type": "DOUBLE", "description": "Share", "unit": "percent"}},
    ],
    "warns": [{"rule": "A share is positive", "breaks_when": "share <= 0"}],
}
EXCEPTION = {
    "rule": "A share is positive",
    "key": {"gss_code": "X99999901"},
    "reason": "known",
    "link": "here",
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    folder = tmp_path / "core"
    folder.mkdir()
    return folder / "councils.yml"


def written(path: Path, **changes: Any) -> Path:
    path.write_text(yaml.safe_dump(CONTRACT | changes), encoding="utf-8")
    return path


def test_the_path_says_which_relation_a_contract_is_for(path: Path) -> None:
    assert read_contract(written(path)).relation == "core.councils"


def test_a_columns_comment_carries_its_unit(path: Path) -> None:
    assert read_contract(written(path)).columns["share"].comment == "Share (percent)"


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"key": ["slug"]}, "the key names columns that are not there: slug"),
        ({"blocks": CONTRACT["warns"]}, "two rules have the same sentence"),
        ({"exceptions": [EXCEPTION | {"rule": "Another"}]}, "an exception names a rule that is not there"),
        ({"exceptions": [EXCEPTION | {"key": {"share": 1}}]}, "has not the columns of the relation's key"),
        ({"exceptions": [{k: v for k, v in EXCEPTION.items() if k != "link"}]}, "link"),
        ({"group": "other"}, "group"),
        ({"colour": "red"}, "colour"),
        ({"columns": [{"gss_code": {"type": "VARCHAR"}}]}, "description"),
        ({"columns": [["gss_code"]]}, "description"),
        ({"columns": [*CONTRACT["columns"], ["share"]]}, "share stands there twice"),
        ({"columns": [{"gss_code": {"type": "ENUM", "description": "Code"}}]}, "an ENUM needs its codes"),
        (
            {"columns": [{"gss_code": {"type": "ENUM", "description": "Code", "allowed": ["it's"]}}]},
            "an ENUM needs its codes",
        ),
        ({"warns": [{"rule": "A rule without SQL"}]}, "a rule needs either"),
        ({"from": ["core.councils"]}, "it is from itself"),
        ({"from": ["core.others"]}, "expectations/core/others.yml is missing"),
    ],
)
def test_a_contract_that_does_not_hang_together_is_refused_with_file_and_reason(
    path: Path, changes: dict[str, Any], why: str
) -> None:
    with pytest.raises(ContractError) as refused:
        read_contract(written(path, **changes))
    assert str(path) in str(refused.value)
    assert why in str(refused.value)


@pytest.mark.parametrize("text", ["row: [", "- a list", "just words", ""])
def test_what_is_no_contract_is_named_by_its_file(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ContractError, match=r"councils\.yml"):
        read_contract(path)


def test_a_known_exception_that_hangs_together_is_read(path: Path) -> None:
    assert read_contract(written(path, exceptions=[EXCEPTION])).exceptions[0].reason == "known"


def test_a_column_means_what_it_means_where_it_comes_from_unless_the_contract_says_otherwise(
    path: Path,
) -> None:
    written(path)
    path.parents[1].joinpath("columns.yml").write_text("year: {type: INTEGER, description: Year}", encoding="utf-8")
    heir = written(
        path.with_name("heirs.yml"),
        columns=[["gss_code?", "year"], {"share": {"description": "Their share"}}],
        **{"from": ["core.councils"]},
    )
    columns = read_contract(heir).columns
    assert [one.comment for one in columns.values()] == ["Code", "Year", "Their share (percent)"]
    assert [one.nullable for one in columns.values()] == [True, False, False]


def test_a_raw_column_is_text_whatever_its_name_means_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    (tmp_path / "columns.yml").write_text("year: {type: INTEGER, unit: years, description: Year}", encoding="utf-8")
    columns = [["year"], {"as the file has it": ["other?"]}]
    raw = written(tmp_path / "raw" / "councils.yml", columns=columns, key=["year"])
    year, other = read_contract(raw).columns.values()
    assert (year.type, year.comment) == ("VARCHAR", "Year (years)")
    assert (other.type, other.comment, other.nullable) == ("VARCHAR", "`other` as the file has it", True)
