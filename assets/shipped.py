"""The published figures that ship in `data/`, one raw relation a file, all text."""

import dagster as dg

from warehouse.connection import Warehouse
from warehouse.contracts import Contract
from warehouse.names import Relation
from warehouse.relations import asset_spec, finish
from warehouse.settings import Settings
from warehouse.shipped import ShippedFile, shipped_files
from warehouse.versions import digest


def shipped_asset(file: ShippedFile, contract: Contract) -> dg.AssetsDefinition:
    """The raw relation of one shipped file: its rows as text, with the line each stands on.

    The run stops with SourceFileError where the file is not the one that its source file vouches for.
    """
    source = file.source
    about = f"{source.title}. {source.note}\n\nProducer: {source.producer}. Licence: {source.licence}"

    @dg.multi_asset(
        name=f"raw__{file.name}",
        specs=[asset_spec(contract, [], {"csv"}, digest(file.path, file.source_path), about.strip())],
    )
    def load(warehouse: Warehouse) -> dg.MaterializeResult[None]:
        warehouse.load(contract.name, file.rows())
        return finish(
            warehouse,
            contract,
            {
                "file": str(file.path.name),
                "sha256": source.sha256,
                "gathered": source.gathered,
                "licence": source.licence,
                "attribution": source.attribution,
                **({"landing page": dg.MetadataValue.url(source.landing_page)} if source.landing_page else {}),
            },
        )

    return load


def shipped_assets(settings: Settings, contracts: dict[Relation, Contract]) -> list[dg.AssetsDefinition]:
    """Every file under `data/`."""
    return [shipped_asset(file, contracts[Relation(f"raw.{file.name}")]) for file in shipped_files(settings.data)]
