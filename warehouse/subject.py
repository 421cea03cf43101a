"""The subject of a run: one council, one comparator group and, if asked for, one year."""

import os

import dagster as dg
from pydantic import Field

from warehouse.councils import Lookup, UnknownSubjectError, checked_year
from warehouse.run_tags import tag_run
from warehouse.settings import ComparatorGroup, Settings


class Subject(dg.ConfigurableResource):
    """What the report, the workbook and the printed summary are about. The marts cover every council regardless."""

    settings: dg.ResourceDependency[Settings]
    council: str = Field(
        "worcestershire-county-council",
        description="A council of England: its name, everyday name, Ombudsman page name or ONS code.",
    )
    comparators: ComparatorGroup = Field(
        ComparatorGroup.lgsco_type, description="The group of councils that it is compared with."
    )
    year: str = Field(
        default="",
        description="A financial year such as 2023-24; empty for each indicator's latest year with data. It selects "
        "what is shown and never filters the marts.",
    )

    def setup_for_execution(self, context: dg.InitResourceContext) -> None:
        """Look everything up before the first step. Raises UnknownSubjectError with what there is instead."""
        # the config of a run can name a variable, and a message must not show what is in it
        variables = {value for name, value in os.environ.items() if name != "BENCHMARK_COUNCIL"}
        if {self.council, self.year} - {""} & variables:
            raise UnknownSubjectError("The council and the year are written out, not taken from a variable.")
        lookup = Lookup(self.settings)
        council = lookup.council(self.council)
        comparators = lookup.comparators(self.comparators)
        year = checked_year(self.year)
        tags = {"council": council.slug, "comparators": comparators, "year": year or "latest"}
        tag_run(context, tags)
