"""The annual tables: every layout, encoding and trap; a file that is not understood is stopped with a reason."""

import io
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.ombudsman.parse_table import Table, TableError, parse_table
from assets.ombudsman.source import load
from tests.standin.figures import read_rows
from tests.standin.tables import (
    COMPLIANCE_HEADINGS,
    DEALT_WITH_HEADINGS,
    DECIDED_HEADINGS,
    ILLUSTRATIVE_COMPLIANCE,
    ILLUSTRATIVE_DECIDED,
    ILLUSTRATIVE_RECEIVED,
    RECEIVED_HEADINGS,
    Cells,
    as_csv,
    as_xlsx,
    compliance_rows,
    dealt_with_rows,
    with_furniture,
)

COUNTY = "Illustrative County Council"
RECEIVED = with_furniture("Complaints received 2023-24", RECEIVED_HEADINGS, ILLUSTRATIVE_RECEIVED)
DECIDED = with_furniture("Complaints decided 2023-24", DECIDED_HEADINGS, ILLUSTRATIVE_DECIDED)
COMPLIANCE = with_furniture("Compliance 2023-24", COMPLIANCE_HEADINGS, ILLUSTRATIVE_COMPLIANCE, total=False)


def figures(table: Table, authority: str) -> dict[str, str]:
    return {one.measure: str(one.value) for one in table.observations if one.authority == authority}


def reasons(table: Table) -> list[str]:
    return [entry.reason for entry in table.quarantined]


def only(data: bytes, name: str = "table.csv") -> Table:
    (table,) = parse_table(data, name)
    return table


def changed(cells: Cells, old: str, new: str) -> Cells:
    return [[new if cell == old else cell for cell in row] for row in cells]


RECEIVED_BY_COUNTY = {
    "received_adult_care": "19",
    "received_benefits_tax": "0",
    "received_corporate_other": "2",
    "received_education_childrens": "41",
    "received_environment": "0",
    "received_highways_transport": "14",
    "received_housing": "0",
    "received_planning": "0",
    "received_other": "0",
    "received": "76",
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_csv_gives_the_same_figures_in_any_encoding_and_with_any_separator(encoding: str, separator: str) -> None:
    table = only(as_csv(RECEIVED, encoding, separator))
    assert figures(table, COUNTY) == RECEIVED_BY_COUNTY
    assert table.quarantined == ()


def test_a_workbook_gives_the_same_figures_as_a_csv_and_where_each_stands() -> None:
    table = only(as_xlsx({"Received": RECEIVED}), "table.xlsx")
    assert figures(table, COUNTY) == RECEIVED_BY_COUNTY
    assert table.quarantined == ()
    assert table.observations[0].locator == "sheet 'Received', row 5, column 'Adult Care Services'"


def test_every_sheet_with_headings_is_a_table_and_a_cover_is_none() -> None:
    book = as_xlsx(
        {"Cover": [["About these data"]], "Received": RECEIVED, "Decided": DECIDED, "Compliance": COMPLIANCE}
    )
    assert [table.layout for table in parse_table(book, "data.xlsx")] == ["received", "decided", "compliance"]


@pytest.mark.parametrize("fractions", [False, True])
def test_percentages_stored_as_fractions_are_percentages(fractions: bool) -> None:
    table = only(as_xlsx({"Decided": DECIDED}, fractions=fractions), "decided.xlsx")
    assert figures(table, COUNTY)["uphold_rate_pct"] == "89"
    assert figures(table, "Illustrative Borough Council")["uphold_rate_similar_pct"] == "72"


def test_a_percentage_column_of_ones_alone_is_not_guessed_at() -> None:
    cells = changed(changed(COMPLIANCE, "100%", "1"), "99%", "1")
    table = only(as_csv(cells))
    assert "compliance_rate_pct" not in figures(table, COUNTY)
    assert sum(entry.reason.startswith("unread figure") for entry in table.quarantined) == 4


def test_rows_that_are_no_authority_are_counted_and_not_read() -> None:
    table = only(as_csv(RECEIVED))
    assert table.rows == {"authority": 3, "total": 1, "blank": 1, "footnote": 2}
    assert {one.authority for one in table.observations} == {row[0] for row in ILLUSTRATIVE_RECEIVED}


def test_a_body_that_is_no_council_is_kept_and_marked() -> None:
    is_council = {one.authority: one.is_council for one in only(as_csv(RECEIVED)).observations}
    assert is_council == {
        "Illustrative Borough Council": True,
        COUNTY: True,
        "Illustrative National Park Authority": False,
    }


@pytest.mark.parametrize(
    ("name", "is_council"),
    [
        ("East Midlands Combined County Authority", False),
        ("Cambridgeshire & Peterborough Combined Authority", False),
        ("Upper Witham Internal Drainage Board", False),
        ("Illustrative Conservation Board", False),
        ("Northampton Town Council", False),
        ("Borough Council of King's Lynn & West Norfolk", True),
        ("Milton Keynes City Council [note 1]", True),
        ("Newport City Council", True),
    ],
)
def test_combined_and_drainage_authorities_and_parishes_are_no_councils(name: str, is_council: bool) -> None:
    assert bool(load().tables.not_councils.search(name)) is not is_council


def test_the_published_overview_figures_come_back_from_a_table() -> None:
    rows = read_rows()
    cells = with_furniture("Complaints decided 2024-25", DEALT_WITH_HEADINGS, dealt_with_rows(rows, 2024))
    table = only(as_csv(cells))
    assert table.layout == "dealt_with"
    expected = {row["council_name"]: row for row in rows if row["period_start"] == "2024-04-01"}
    assert len(expected) > 70
    for name, row in expected.items():
        assert figures(table, name) == {
            measure: row[measure]
            for measure in ("not_for_us", "assessed_and_closed", "investigated", "upheld", "dealt_with",
                            "uphold_rate_pct", "uphold_rate_similar_pct")
            if row[measure]
        }  # fmt: skip


def test_an_empty_cell_is_missing_and_never_zero() -> None:
    cells = with_furniture("Compliance 2023-24", COMPLIANCE_HEADINGS, compliance_rows(read_rows(), 2023))
    table = only(as_xlsx({"Compliance": cells}), "remedy.xlsx")
    assert {one.measure for one in table.observations} == {
        "compliance_outcomes",
        "compliance_rate_pct",
        "compliance_rate_similar_pct",
    }
    assert table.rows["missing figures"] > 100


def test_the_headings_may_stand_in_any_order_and_under_other_names() -> None:
    renamed = changed(
        changed(RECEIVED, "Adult Care Services", "Adult Social Care *"), "Benefits & Tax", "Benefits and tax "
    )
    reordered = [list(reversed(row)) if len(row) > 1 else row for row in renamed]
    assert figures(only(as_csv(reordered)), COUNTY) == RECEIVED_BY_COUNTY


@pytest.mark.parametrize(
    "heading",
    ["Compliance outcomes recorded", "Outcomes of compliance", "Case with a recorded compliance outcome"],
)
def test_a_heading_close_to_a_known_one_is_proposed_and_read_once_it_is_accepted(heading: str) -> None:
    cells = changed(COMPLIANCE, COMPLIANCE_HEADINGS[1], heading)
    table = only(as_csv(cells))
    assert "compliance_outcomes" not in figures(table, COUNTY)
    command = f"uv run benchmark accept-heading '{heading}' compliance_outcomes"
    assert table.quarantined[0].text.endswith(command)
    (accepted,) = parse_table(as_csv(cells), "table.csv", {heading: "compliance_outcomes"})
    assert figures(accepted, COUNTY)["compliance_outcomes"] == "18"
    assert accepted.quarantined == ()


def test_an_accepted_heading_does_not_change_what_is_known_already() -> None:
    (table,) = parse_table(as_csv(RECEIVED), "table.csv", {"Housing": "received_planning"})
    assert figures(table, COUNTY) == RECEIVED_BY_COUNTY


@pytest.mark.parametrize(
    ("null", "other", "total"), [("2", "3", "5"), ("", "3", "3"), ("0", "0", "0"), ("<5", "3", None)]
)
def test_null_beside_other_are_added_up_unless_a_part_cannot_be_read(null: str, other: str, total: str | None) -> None:
    cells = [
        [*row[:9], "Null" if row[0] == "Authority Name" else null, *row[9:]] if len(row) == 11 else row
        for row in RECEIVED[:6]
    ]
    cells[-1][10], cells[-1][11] = other, str(76 + int(total or 0))
    table = only(as_csv(cells))
    assert figures(table, COUNTY).get("received_other") == total
    doubts = {reason.partition(":")[0] for reason in reasons(table) if COUNTY in reason}
    assert doubts == (set() if total else {"unread figure"})


def test_a_set_aside_column_does_not_make_the_rest_seem_wrong() -> None:
    cells = changed(changed(RECEIVED, "Housing", "Homes and Gardens"), "76", "90")
    assert not any(reason.startswith("figures disagree, kept as printed: received of") for reason in
                   reasons(only(as_csv(cells))))  # fmt: skip


@pytest.mark.parametrize(
    ("cells", "old", "new", "lost", "doubts"),
    [
        (RECEIVED, "Housing", "Homes and Gardens", "received_housing",
         ["unread column: 'Homes and Gardens' is not known", "missing column: received_housing"]),
        (RECEIVED, "Other", "Housing", "received_housing received_other",
         ["unread column: 'Housing': another column is of the same measure, so neither is read"] * 2),
        *((RECEIVED, "41", printed, "received_education_childrens", ["unread figure: row "]) for printed in (
            "<5", "=1+1", "-4", "3.5", "4 4", "1e3", "(2)", "12 345", "@SUM(A1)")),
        *((DECIDED, "89%", printed, "uphold_rate_pct", ["unread figure: row "]) for printed in (
            "101%", "n/k", "-5%")),
    ],
)  # fmt: skip
def test_what_is_not_understood_is_set_aside_and_named_and_the_rest_is_read(
    cells: Cells, old: str, new: str, lost: str, doubts: list[str]
) -> None:
    before, table = figures(only(as_csv(cells)), COUNTY), only(as_csv(changed(cells, old, new)))
    kept = {measure: value for measure, value in before.items() if measure not in lost.split()}
    assert figures(table, COUNTY) == kept
    of_county = [reason for reason in reasons(table) if not reason.startswith("figures disagree")]
    assert len(of_county) == len(doubts)
    assert all(map(str.startswith, of_county, doubts))
    assert new in "".join(entry.reason + entry.text for entry in table.quarantined)


CASES = Path(__file__).resolve().parents[2] / "cases" / "workbooks"


@pytest.mark.parametrize(
    ("name", "measure", "value", "doubts"),
    [
        ("tab_control", "upheld", "17", []),
        ("tab_superscript_figure", "upheld", "17", []),
        ("tab_superscript_remedies", "satisfactory_remedies", "2", []),
        ("tab_superscript_heading", "upheld", "17", []),
        ("tab_header_digit", "upheld", "17", []),
        ("tab_header_over_two_rows", "upheld", "17", []),
        ("tab_hidden_row", "upheld", "17", ["unread row: row 5: it is hidden"]),
        ("tab_na_cell", "upheld", None,
         ["unread figure: row 5, column 'Upheld' of Illustrative County Council"]),
        ("tab_formula_no_value", "upheld", None,
         ["unread figure: row 5, column 'Upheld' of Illustrative County Council"]),
    ],
)  # fmt: skip
def test_a_workbook_is_read_as_it_is_shown(name: str, measure: str, value: str | None, doubts: list[str]) -> None:
    table = only((CASES / f"{name}.xlsx").read_bytes(), f"{name}.xlsx")
    assert figures(table, COUNTY).get(measure) == value
    assert reasons(table) == doubts


def test_an_old_workbook_is_read_as_it_is_shown() -> None:
    table = only((CASES / "tab_old.xls").read_bytes(), "tab_old.xls")
    assert figures(table, COUNTY) == figures(only((CASES / "tab_control.xlsx").read_bytes()), COUNTY)
    assert [entry.text for entry in table.quarantined] == [
        "Illustrative County Council | 9 | 9 | 9 | 9 | 9 | 9 | 54",
        "#N/A (error of the workbook's)",
        "6 (struck out)",
    ]
    assert figures(table, "Illustrative City Council")["uphold_rate_pct"] == "100"


def test_hidden_columns_and_sheets_are_named_and_not_read() -> None:
    book = openpyxl.load_workbook(io.BytesIO(as_xlsx({"Decided": DECIDED[:6]})))
    book["Decided"].column_dimensions["G"].hidden = True
    book.copy_worksheet(book["Decided"]).sheet_state = "hidden"
    data = io.BytesIO()
    book.save(data)
    (table,) = parse_table(data.getvalue(), "hidden.xlsx")
    assert "upheld" not in figures(table, COUNTY)
    assert reasons(table) == [
        "unread column: 'Upheld': it is hidden",
        "missing column: upheld",
        "unread sheet: 'Decided Copy': it is hidden",
    ]


def test_blank_cells_far_below_a_table_are_no_rows() -> None:
    book = openpyxl.load_workbook(io.BytesIO(as_xlsx({"Decided": DECIDED[:6]})))
    for row in range(8, 9_000):
        book["Decided"].cell(row, 1).font = openpyxl.styles.Font(bold=True)
    data = io.BytesIO()
    book.save(data)
    assert only(data.getvalue()).rows == {"authority": 2}


def unpacking_to_a_bomb() -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 60_000_000)
    return data.getvalue()


def with_a_cell_at_the_end_of_the_world() -> bytes:
    book, data = openpyxl.Workbook(), io.BytesIO()
    book.active["XFD1048576"] = 1
    book.save(data)
    return data.getvalue()


REMEDIES = [["Remedies 2023-24"], ["Authority", "Upheld", "Apology", "Total"], ["Kent", "3", "4", "7"]]


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (b"Minutes of a meeting,2023-24\n", "minutes.csv", "no row of headings was found.*Minutes of a meeting"),
        (as_csv(REMEDIES), "remedies.csv", "Found: Authority, Upheld, Apology, Total. Unknown: Apology."
         " Missing: not_for_us, assessed_and_closed.*source.yml"),
        (as_csv(RECEIVED), "received-24-25.csv", "title names 2023-24 and its file name 2024-25"),
        (as_csv(changed(RECEIVED, "Complaints received 2023-24", "Complaints")), "received.csv", "is unclear"),
        (unpacking_to_a_bomb, "bomb.xlsx", "unpacks to more than"),
        (with_a_cell_at_the_end_of_the_world, "far.xlsx", "larger than"),
        (b"a,b\n" * 6_000, "long.csv", "larger than"),
        (b"", "file.csv", "no row of headings"),
        (b"PK\x03\x04 not a zip", "file.csv", ""),
        (b"%PDF-1.7", "file.csv", "neither CSV nor XLSX"),
        (b"\xd0\xcf\x11\xe0 old workbook", "file.csv", ""),
        (b"\x00" * 99, "file.csv", "neither CSV nor XLSX"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_a_file_that_is_no_table_or_of_no_year_is_stopped_with_the_reason(
    data: bytes | Callable[[], bytes], name: str, said: str
) -> None:
    with pytest.raises(TableError, match=said):
        parse_table(data if isinstance(data, bytes) else data(), name)


def test_the_year_may_come_from_the_file_name_alone() -> None:
    table = only(
        as_csv(changed(RECEIVED, "Complaints received 2023-24", "Complaints received")),
        "x/2-Received-25-26.csv",
    )
    assert (str(table.period_start), str(table.period_end)) == ("2025-04-01", "2026-03-31")


def test_a_name_that_is_a_formula_is_no_authority() -> None:
    table = only(as_csv(changed(RECEIVED, COUNTY, '=HYPERLINK("http://example.org")')))
    assert {one.authority for one in table.observations} == {
        "Illustrative Borough Council",
        "Illustrative National Park Authority",
    }
    assert any(entry.reason.startswith("unread row") for entry in table.quarantined)


def test_two_rows_of_one_authority_that_differ_are_quarantined_and_neither_is_kept() -> None:
    twice = [*RECEIVED[:6], [COUNTY, "18", *RECEIVED[5][2:]], *RECEIVED[6:]]
    table = only(as_csv(twice))
    assert "received_adult_care" not in figures(table, COUNTY)
    assert figures(table, COUNTY)["received_housing"] == "0"
    assert any(entry.reason.startswith("conflicting figures") for entry in table.quarantined)


def test_a_last_row_without_a_line_end_is_read_where_it_is_whole_and_adds_up() -> None:
    table = only((CASES / "table_no_final_newline.csv").read_bytes())
    assert figures(table, COUNTY)["uphold_rate_pct"] == "89"
    assert table.quarantined == ()
    assert figures(only(as_csv(RECEIVED[:6]).rstrip()), COUNTY) == RECEIVED_BY_COUNTY


@pytest.mark.parametrize(("cells", "lost"), [(RECEIVED, 1), (RECEIVED, 2), (RECEIVED, 20), (DECIDED, 1), (DECIDED, 4)])
def test_a_last_row_that_has_no_end_is_set_aside_as_perhaps_cut_short(cells: Cells, lost: int) -> None:
    table = only(as_csv(cells[:6]).rstrip()[:-lost])
    assert {one.authority for one in table.observations} == {"Illustrative Borough Council"}
    assert reasons(table) == ["unread row: row 6: the file ends before the row does"]


def test_a_file_whose_last_note_has_no_end_loses_nothing() -> None:
    table = only(as_csv(RECEIVED).rstrip())
    assert figures(table, COUNTY) == RECEIVED_BY_COUNTY
    assert table.quarantined == ()


@pytest.mark.parametrize(
    ("cells", "old", "new", "doubt"),
    [
        (DECIDED, "89%", "90%", "uphold_rate_pct 90 is not 17 of 19"),
        (DECIDED, "89%", "89.5%", None),
        (DECIDED, "89%", "89.4%", "uphold_rate_pct 89.4 is not 17 of 19"),
        (COMPLIANCE, "13", "12", "compliance_rate_pct 100 is not 17 of 18"),
        (COMPLIANCE, "13", "14", "complied: 19 of 18"),
    ],
)
def test_a_rate_that_its_own_row_does_not_give_is_kept_and_doubted(
    cells: Cells, old: str, new: str, doubt: str | None
) -> None:
    table = only(as_csv(changed(cells, old, new)))
    doubts = [entry.text for entry in table.quarantined if "_rate_pct of" in entry.reason]
    assert doubts == [doubt] * (doubt is not None)
    rate = "uphold_rate_pct" if cells is DECIDED else "compliance_rate_pct"
    assert rate in figures(table, COUNTY)


@pytest.mark.parametrize(
    ("data", "doubt"),
    [
        (as_csv(changed(RECEIVED, "76", "77")), f"figures disagree, kept as printed: received of {COUNTY}"),
        (
            as_csv(DECIDED).replace(b"County Council,4,2,", b"County Council,42,"),
            "short row, kept as read: row ",
        ),
        (as_csv([[*row, "99"] if row[:1] == [COUNTY] else row for row in RECEIVED]), "unread cell: row "),
    ],
    ids=["sum", "short row", "stray cell"],
)
def test_a_row_that_is_doubted_is_kept(data: bytes, doubt: str) -> None:
    table = only(data)
    assert any(reason.startswith(doubt) for reason in reasons(table))
    assert figures(table, COUNTY)


def test_a_table_as_published_is_not_doubted() -> None:
    dealt_with = with_furniture("Decided 2024-25", DEALT_WITH_HEADINGS, dealt_with_rows(read_rows(), 2024))
    assert [only(as_csv(cells)).quarantined for cells in (dealt_with, DECIDED, COMPLIANCE)] == [()] * 3


@pytest.mark.parametrize(
    ("shares", "expected"),
    [
        (["0.75", "1"], ["75", "100"]),
        (["0.75", "89"], [None, "89"]),
        (["1", "89"], [None, "89"]),
        (["1", "0"], [None, "0"]),
    ],
)
def test_a_percentage_without_its_sign_is_read_only_where_its_column_says_how(
    shares: list[str], expected: list[str | None]
) -> None:
    table = only(as_csv(changed(changed(DECIDED, "75%", shares[0]), "89%", shares[1])))
    names = ["Illustrative Borough Council", COUNTY]
    assert [figures(table, name).get("uphold_rate_pct") for name in names] == expected
    unread = [entry.text for entry in table.quarantined if entry.reason.startswith("unread figure")]
    assert unread == [share for share, value in zip(shares, expected, strict=True) if value is None]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 255), st.booleans())
def test_a_damaged_file_is_read_or_refused_and_never_fails_otherwise(place: int, byte: int, is_book: bool) -> None:
    data = bytearray(as_xlsx({"Received": RECEIVED}) if is_book else as_csv(RECEIVED))
    data[place % len(data)] = byte
    with suppress(TableError):
        assert parse_table(bytes(data), "table")


@pytest.mark.parametrize("byte", [b"\x96", b"\x92", b"\xa0", b"\x81"])
def test_one_byte_of_another_encoding_does_not_turn_the_whole_file(byte: bytes) -> None:
    data = as_csv(RECEIVED, "utf-8") + b'"Source: illustrative ' + byte + b' stand-in"\n'
    assert "Children’s".encode() in data
    assert len(only(data).observations) == 30


def test_one_byte_of_another_encoding_inside_a_figure_makes_it_none() -> None:
    data = as_csv(RECEIVED, "utf-8").replace(b",41,", b",4\x811,")
    assert "4\ufffd1" in [doubt.text for doubt in only(data).quarantined]


TITLE, (*_, ONE, TWO) = DECIDED[0], [["", *[""] * 9], *ILLUSTRATIVE_DECIDED[:2]]
HEADS = DECIDED_HEADINGS
OTHER_YEAR = [TWO[0], "4", "2", "25", "19", "2", "10", "62", "83%", "80%"]
UPPER = [
    "Authority",
    "Invalid or",
    "Advice",
    "Referred Back for",
    "Closed after",
    "Not",
    "",
    "",
    "Uphold",
    "",
]
LOWER = [
    "",
    "Incomplete",
    "Given",
    "Local Resolution",
    "Initial Enquiries",
    "Upheld",
    *HEADS[6:8],
    "Rate (%)",
]
COUNTED = ["", " (number)", " (cases)\n[note 1]", " (n)", " (count)", " (No.)", " [number]", " (1)", "*", ""]


@pytest.mark.parametrize(
    "cells",
    [
        [TITLE, [*UPPER], [*LOWER, HEADS[9]], ONE, TWO],
        [TITLE, ["", "Decided"], UPPER, [*LOWER, HEADS[9]], ONE, TWO],
        [
            TITLE,
            [HEADS[0], "Decided", *[""] * 6, *HEADS[8:]],
            ["", *HEADS[1:8]],
            ONE,
            TWO,
        ],
        [TITLE, [head + mark for head, mark in zip(HEADS, COUNTED, strict=True)], ONE, TWO],
        [TITLE, HEADS, ["A", "B", "C", "D"], [str(number) for number in range(10)], ONE, TWO],
        [TITLE, HEADS, ONE, HEADS, TWO],
        [TITLE, HEADS, ["Boroughs"], ONE, [], ["Counties"], HEADS, TWO],
        [TITLE, ["Year", *HEADS], ["2023-24", *ONE], ["2023/24", *TWO], ["2022-23", *OTHER_YEAR]],
        [["Decided"], ["Period", *HEADS], ["2023-24", *ONE], ["April 2023 to March 2024", *TWO]],
        [TITLE, HEADS, ONE, TWO, ["England", "5", "4", "33", "25", "3", "20", "90"]],
        [
            TITLE,
            HEADS,
            ONE,
            ["Boroughs subtotal", *ONE[1:]],
            TWO,
            ["Mean", *TWO[1:]],
            ["English councils", "9"],
        ],
        [TITLE, HEADS, ONE, TWO, ["[1] As revised", "5"], ["1", "5"], ["[x]", "5"]],
        [TITLE, HEADS, ONE, [cell + ".0" if cell.isdigit() else cell for cell in TWO]],
    ],
)
def test_furniture_around_the_figures_changes_none(cells: Cells) -> None:
    table = only(as_csv(cells))
    assert {one.authority for one in table.observations} == {ONE[0], TWO[0]}
    assert figures(table, TWO[0]) == figures(only(as_csv([TITLE, HEADS, TWO])), TWO[0])
    assert table.period_start.year == 2023


def test_a_second_table_below_the_first_has_its_own_headings_and_year() -> None:
    cells = [
        *DECIDED,
        [],
        ["Received in the year"],
        *RECEIVED[2:],
        [],
        ["Decided 2022-23"],
        HEADS,
        OTHER_YEAR,
    ]
    first, second, third = parse_table(as_csv(cells), "table.csv")
    assert (figures(first, COUNTY)["upheld"], figures(third, COUNTY)["upheld"]) == ("17", "10")
    assert figures(second, COUNTY) == RECEIVED_BY_COUNTY
    assert [table.period_start.year for table in (first, second, third)] == [2023, 2023, 2022]


def test_a_row_of_another_year_is_named_and_not_read() -> None:
    table = only(as_csv([TITLE, ["Financial year", *HEADS], ["2022-23", *TWO]]))
    assert table.observations == ()
    assert reasons(table) == ["unread row: row 3: it is of another year than the table"]


@pytest.mark.parametrize("lower", ["2022-23", "2023-24"])
def test_a_heading_above_two_years_is_of_neither(lower: str) -> None:
    cells = [
        TITLE,
        [*HEADS[:6], "Upheld", "", *HEADS[7:]],
        [*[""] * 6, lower, "2021-22"],
        [*TWO[:7], *TWO[6:]],
    ]
    with pytest.raises(TableError, match="financial year is unclear"):
        parse_table(as_csv(cells), "table.csv")


def test_a_file_of_several_years_is_of_the_one_that_a_title_names() -> None:
    (table,) = parse_table(as_csv(DECIDED), "decided-2022-23-to-2023-24.csv")
    assert table.period_start.year == 2023
