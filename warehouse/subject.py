"""The subject of a run: its council is its partition, its comparators and year its config. Marts hold every council."""

import os

import dagster as dg
from pydantic import Field, PrivateAttr

from warehouse.councils import Lookup, UnknownSubjectError, checked_year
from warehouse.run_tags import about, partition, tag_run
from warehouse.settings import ComparatorGroup, Settings


def council_partitions(settings: Settings) -> dg.StaticPartitionsDefinition:
    """One partition per council of today, by page name."""
    return dg.StaticPartitionsDefinition([council.slug for council in Lookup(settings).living()])


class Subject(dg.ConfigurableResource):
    """What the report, the workbook and the printed summary are about."""

    settings: dg.ResourceDependency[Settings]
    comparators: ComparatorGroup = Field(
        ComparatorGroup.lgsco_type, description="The group of councils that it is compared with."
    )
    year: str = Field(
        default="",
        description="A financial year such as 2023-24; empty for each indicator's latest year with data. It selects "
        "what is shown and never filters the marts.",
    )
    _council: str = PrivateAttr(default="")

    @property
    def council(self) -> str:
        """The page name of the run's council, which is its partition."""
        return self._council

    def setup_for_execution(self, context: dg.InitResourceContext) -> None:
        """Look everything up before the first step. Raises UnknownSubjectError with what there is instead."""
        try:
            self._look_up(context)
        except UnknownSubjectError:
            # the daemon would start the run once more, and it would fail the same way
            tag_run(context, {"dagster/max_retries": "0"})
            raise

    def _look_up(self, context: dg.InitResourceContext) -> None:
        # the config of a run can name a variable, and a message must not show what is in it
        if self.year and self.year in os.environ.values():
            raise UnknownSubjectError("The year is written out, not taken from a variable.")
        lookup = Lookup(self.settings)
        if not (slug := partition(context)):
            raise UnknownSubjectError("No council is chosen: it is the partition of the run.")
        self._council = lookup.council(slug).slug
        comparators = lookup.comparators(self.comparators)
        year = checked_year(self.year)
        tag_run(context, about(self.council, comparators, year))
