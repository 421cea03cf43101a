"""The counts behind upheld complaints per resident: those of the peers with all four, from five peers on."""

from typing import Any

from tests.sql.harness import columns, result


def ledger(gss_code: str, **more: Any) -> dict[str, Any]:
    return {
        "gss_code": gss_code, "period_start": "2024-04-01", "period_end": "2025-03-31",
        "comparator_group": "lgsco_type", "period_label": "2024-25", "upheld": 3, "investigated": 5,
        "dealt_with": 10, "residents": 1000,
    } | more  # fmt: skip


def parts(peers: int) -> list[tuple[Any, ...]]:
    names = [f"E{number}" for number in range(2, 2 + peers)]
    pairs = [
        {"gss_code": "E1", "comparator_gss_code": name, "comparator_group": "lgsco_type"} for name in [*names, "E99"]
    ]
    rows = [ledger("E1", upheld=4), *map(ledger, names), ledger("E99", dealt_with=None)]
    rows.append(ledger("E1", upheld=4, comparator_group="region"))
    found = result("marts.upheld_parts", {"marts.denominator_ledger": rows, "core.comparators": pairs})
    return columns(found, "gss_code", "upheld", "peers", "peers_residents", "peers_dealt_with", "peers_upheld")


def test_peers_with_all_counts_are_added_up_once() -> None:
    assert parts(5) == [("E1", 4, 5, 5000, 50, 15)]


def test_under_five_peers_nothing_is_said() -> None:
    assert parts(4) == []
