"""Councils are known by their codes; names only ever lead to a code, and comparators follow published rules."""

from datetime import date

import pytest

from tests.sql.harness import Rows, columns, result, table


def names(councils: Rows, codes: Rows | None = None) -> dict[str, str]:
    rows = result("core.council_names", {"staging.councils": councils, "staging.gss_codes": codes or []})
    return {row["folded_name"]: row["gss_code"] for row in rows}


COUNTY = """
    gss_code  | council_slug          | official_name               | nice_name    | register_type
    X99999901 | exampleshire-invented | Exampleshire County Council | Exampleshire | county
"""


@pytest.mark.parametrize(
    "spelling",
    [
        "exampleshire invented",
        "exampleshire county council",
        "exampleshire",
        "queens example",
        "county of exampleshire",
        "x99999901",
        "x99999800",
        # not in the register, and a way to say it
        "exampleshire council",
        "exampleshire cc",
    ],
)
def test_a_council_answers_to_its_page_name_its_names_its_codes_and_ways_to_say_them(spelling: str) -> None:
    found = names(
        table(COUNTY, alternative_names="Queen's Example|County of Exampleshire"),
        table("gss_code | council_slug\nX99999800 | exampleshire-invented"),
    )
    assert found[spelling] == "X99999901"


def test_a_piece_of_a_name_between_its_commas_is_no_name() -> None:
    found = names(
        table(COUNTY, alternative_names="Exampleshire, County of|County of|This, that and more|that and more")
    )
    assert {"county of", "that more"} & set(found) == set()
    assert {"exampleshire county of", "this that more"} <= set(found)


def test_a_spelling_that_two_councils_of_today_share_means_neither() -> None:
    found = names(
        table(
            """
            gss_code  | official_name          | nice_name | register_type
            X99999901 | Example County Council | Example   | county
            X99999902 | Example City Council   | Example   | non-metropolitan district
            """
        )
    )
    assert "example" not in found and "example council" not in found
    assert found["example county council"] == "X99999901" and found["example city council"] == "X99999902"


def test_a_name_of_one_council_is_no_way_to_say_anothers() -> None:
    found = names(
        table(
            """
            gss_code  | official_name            | nice_name | register_type
            X99999901 | Example District Council | Example   | non-metropolitan district
            X99999902 | Example Borough Council  | Sample    | unitary
            """
        )
    )
    assert found["example borough council"] == "X99999902"


def test_a_council_of_today_comes_before_an_abolished_one_of_the_same_name() -> None:
    rows = result(
        "core.council_names",
        {
            "staging.councils": table(
                """
                gss_code  | nice_name | register_type | valid_to
                X99999900 | Example   | county        | 2023-03-31
                X99999901 | Example   | unitary       |
                """
            )
        },
    )
    meant = [row for row in rows if row["folded_name"] == "example"]
    assert columns(meant, "gss_code", "former_gss_code", "former_last_day") == [
        ("X99999901", "X99999900", date(2023, 3, 31))
    ]


@pytest.mark.parametrize(
    ("register_type", "lgsco_type"),
    [
        ("county", "county"),
        ("unitary", "unitary"),
        ("metropolitan borough", "metropolitan"),
        ("london borough", "london_borough"),
        ("city of london", "london_borough"),
        ("non-metropolitan district", "district"),
        ("something new", None),
    ],
)
def test_the_registers_types_map_to_the_ombudsmans_five(register_type: str, lgsco_type: str | None) -> None:
    rows = result(
        "core.councils",
        {"staging.councils": table(f"gss_code | register_type\nX99999901 | {register_type}")},
    )
    assert columns(rows, "lgsco_type") == [(lgsco_type,)]


def test_only_a_district_is_no_upper_tier_council() -> None:
    rows = result(
        "core.councils",
        {
            "staging.councils": table(
                """
                gss_code  | register_type
                X99999901 | county
                X99999902 | non-metropolitan district
                """
            )
        },
    )
    assert columns(rows, "gss_code", "is_upper_tier") == [("X99999901", True), ("X99999902", False)]


def test_an_old_code_means_the_council_of_today() -> None:
    rows = result(
        "core.gss_codes",
        {
            "staging.councils": table("gss_code | council_slug\nX99999901 | example"),
            "staging.gss_codes": table(
                """
                gss_code  | council_slug
                X99999800 | example
                X99999901 | example
                """
            ),
        },
    )
    assert columns(rows, "any_gss_code", "gss_code") == [
        ("X99999800", "X99999901"),
        ("X99999901", "X99999901"),
    ]


def test_an_abolished_council_may_have_several_successors() -> None:
    rows = result(
        "core.council_successors",
        {
            "staging.councils": [
                *table("gss_code | council_slug\nX99999902 | east\nX99999903 | west"),
                *table(
                    "gss_code | council_slug | valid_to\nX99999901 | old | 2023-03-31",
                    successor_slugs="east|west",
                ),
            ]
        },
    )
    assert columns(rows, "gss_code", "successor_gss_code", "last_day") == [
        ("X99999901", "X99999902", date(2023, 3, 31)),
        ("X99999901", "X99999903", date(2023, 3, 31)),
    ]


COUNCILS = table(
    """
    gss_code  | lgsco_type | region
    X99999901 | county     | North
    X99999902 | county     | North
    X99999903 | county     | South
    X99999904 | unitary    | North
    X99999905 | county     |
    """,
    is_invented=False,
)
CODES = [{"any_gss_code": row["gss_code"], "gss_code": row["gss_code"]} for row in COUNCILS]
GROUPS = table(
    """
    comparator_group | method
    lgsco_type       |
    region           |
    dfe_neighbours   | dfe
    ons_neighbours   | ons
    """
)
NEIGHBOURS = table(
    """
    method | gss_code  | neighbour_gss_code | england_rank
    dfe    | X99999901 | X99999904          | 1
    dfe    | X99999901 | X99999902          | 2
    ons    | X99999901 | X99999904          | 1
    ons    | X99999901 | X99999903          | 2
    other  | X99999901 | X99999902          | 1
    """
)


def comparators(group: str, neighbours: Rows = NEIGHBOURS, codes: Rows = CODES) -> list[str]:
    """The comparators of the first council in one group."""
    rows = result(
        "core.comparators",
        {
            "core.councils": COUNCILS,
            "core.gss_codes": codes,
            "core.comparator_groups": GROUPS,
            "staging.neighbours": neighbours,
        },
    )
    return [
        row["comparator_gss_code"]
        for row in rows
        if row["comparator_group"] == group and row["gss_code"] == "X99999901"
    ]


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        ("lgsco_type", ["X99999902", "X99999903", "X99999905"]),
        # of the same type only
        ("region", ["X99999902"]),
        # as published, whatever their type
        ("dfe_neighbours", ["X99999902", "X99999904"]),
        ("ons_neighbours", ["X99999903"]),
        ("other", []),
    ],
)
def test_a_group_has_the_comparators_of_its_rule(group: str, expected: list[str]) -> None:
    assert comparators(group) == expected


def test_invented_councils_are_compared_with_each_other_and_with_no_real_one() -> None:
    invented = [
        {"gss_code": code, "lgsco_type": "county", "region": "North", "is_invented": True}
        for code in ("X99999906", "X99999907")
    ]
    rows = result("core.comparators", {"core.councils": [*COUNCILS, *invented]})
    pairs = {(row["gss_code"], row["comparator_gss_code"]) for row in rows}
    assert {pair for pair in pairs if {"X99999906", "X99999907"} & {*pair}} == {
        ("X99999906", "X99999907"),
        ("X99999907", "X99999906"),
    }


def test_nobody_is_a_comparator_of_itself_even_under_an_old_code() -> None:
    old = {"any_gss_code": "X99999800", "gss_code": "X99999901"}
    itself = table("method | gss_code | neighbour_gss_code\ndfe | X99999901 | X99999800")
    assert comparators("dfe_neighbours", itself, [*CODES, old]) == []


def test_the_first_release_and_the_rebased_estimate_stand_side_by_side() -> None:
    rows = result(
        "core.populations",
        {
            "core.gss_codes": CODES,
            "staging.populations": table(
                """
                gss_code  | year | population | is_first_release | is_preferred
                X99999901 | 2022 | 100000     | true             | false
                X99999901 | 2022 | 101000     | false            | true
                X99999901 | 2023 | 102000     | false            | true
                X99999901 | 2021 | 99000      | true             | true
                """
            ),
        },
    )
    assert columns(rows, "year", "first_release_population", "rebased_population") == [
        (2021, 99000, 99000),
        (2022, 100000, 101000),
        (2023, None, 102000),
    ]


def test_a_population_under_an_old_code_belongs_to_the_council_of_today() -> None:
    rows = result(
        "core.populations",
        {
            "core.gss_codes": table("any_gss_code | gss_code\nX99999800 | X99999901"),
            "staging.populations": table(
                "gss_code | year | population | is_first_release\nX99999800 | 2022 | 100000 | true"
            ),
        },
    )
    assert columns(rows, "gss_code", "first_release_population") == [("X99999901", 100000)]


def test_a_practice_of_a_body_that_is_no_council_is_kept_without_a_code() -> None:
    rows = result(
        "marts.practices",
        {
            "core.council_names": table("folded_name | gss_code | is_short\nexample | X99999901 | false"),
            "staging.practices": table(
                """
                source_row | council_slug | body_name
                2          | example      | Example
                3          |              | A board
                """
            ),
        },
    )
    assert columns(rows, "source_row", "gss_code") == [(2, "X99999901"), (3, None)]
