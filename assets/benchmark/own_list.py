"""The subject's own list of comparators, from the settings."""

import pandas as pd

from warehouse.councils import Lookup
from warehouse.settings import Settings


def own_comparators(settings: Settings) -> pd.DataFrame:
    """One row per council of the list, without the subject itself, by ONS code.

    Raises UnknownSubjectError, with suggestions, for a name that no council answers to.
    """
    codes: set[str] = set()
    subject = ""
    if settings.own_comparators:
        lookup = Lookup(settings)
        subject = lookup.council(settings.council).gss_code
        codes = {lookup.council(name).gss_code for name in settings.own_comparators} - {subject}
    return pd.DataFrame({"gss_code": [subject] * len(codes), "comparator_gss_code": sorted(codes)}, dtype="str")
