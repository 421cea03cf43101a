"""What is made of private relations is private, at any distance."""

import dagster as dg

from warehouse.names import Relation
from warehouse.relations import unread, with_downstream


def asset(name: str, *reads: str) -> dg.AssetsDefinition:
    @dg.multi_asset(
        name=name.replace(".", "__"),
        specs=[dg.AssetSpec(name.split("."), deps=[dg.AssetKey(read.split(".")) for read in reads])],
    )
    def made() -> None:
        return None

    return made


ASSETS = [
    asset("raw.cases"),
    asset("raw.councils"),
    asset("core.stages", "raw.cases", "raw.councils"),
    asset("marts.timeliness", "core.stages"),
    asset("marts.councils", "raw.councils"),
]


def test_what_is_made_of_a_relation_is_found_at_any_distance() -> None:
    assert with_downstream([Relation("raw.cases")], ASSETS) == {
        "raw.cases",
        "core.stages",
        "marts.timeliness",
    }


def test_what_is_made_of_others_only_is_not() -> None:
    assert "marts.councils" not in with_downstream([Relation("raw.cases")], ASSETS)


def relation_asset(name: str, *reads: str) -> dg.AssetsDefinition:
    return asset(name, *reads).map_asset_specs(
        lambda spec: spec.merge_attributes(metadata={"dagster/table_name": name})
    )


def test_the_ends_are_the_relations_that_none_is_made_from() -> None:
    relations = [
        relation_asset("raw.cases"),
        relation_asset("raw.councils"),
        relation_asset("core.stages", "raw.cases"),
    ]
    assert unread(relations) == ["core.stages", "raw.councils"]


def test_what_is_no_relation_is_no_end() -> None:
    assert unread([relation_asset("raw.cases"), asset("quality.docs", "raw.cases")]) == ["raw.cases"]
