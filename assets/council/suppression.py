"""Small counts of a council's own cases, taken out of what is published so that nobody can be recognised.

Counts of 1 to 4 are suppressed, and then as many others as it takes that no total gives them away. Zeros stay:
nobody is in them. LGSCO's counts are public already and are none of this.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

LARGEST_SMALL = 4


def suppressed(frame: pd.DataFrame, count: str, groups: Sequence[Sequence[str]]) -> pd.Series:
    """Whether each row's `count` must not be shown, beside the published total of each of the `groups` of rows.

    `groups` lists, for every total that is published too, the columns that the rows adding up to it share; an empty
    list stands for the grand total. A total that leaves one suppressed count, or that lets them be worked out because
    all must be 1 or all must be 4, suppresses the next smallest count as well, until no total tells.
    """
    counts = frame[count].to_numpy(float)
    hidden = (counts >= 1) & (counts <= LARGEST_SMALL)
    members = [
        np.asarray(places)
        for columns in groups
        for places in (frame.groupby(list(columns)).indices.values() if columns else [np.arange(len(frame))])
    ]
    changed = True
    while changed:
        changed = False
        for places in members:
            inside = hidden[places]
            if not inside.any() or not _tells(counts[places][inside]):
                continue
            shown = places[~inside]
            if shown.size:
                order = np.lexsort(
                    (counts[shown], counts[shown] == 0)
                )  # zeros last: hiding one protects least
                hidden[shown[order[0]]] = True
                changed = True
    return pd.Series(hidden, index=frame.index, name=f"is_{count}_suppressed")


def suppressed_shares(frame: pd.DataFrame, numerator: str, denominator: str) -> pd.Series:
    """Whether each row's share must not be shown: its numerator, or what is left of its denominator, is 1 to 4."""
    part, rest = frame[numerator], frame[denominator] - frame[numerator]
    return (part.between(1, LARGEST_SMALL) | rest.between(1, LARGEST_SMALL)).rename("is_share_suppressed")


def _tells(hidden: np.ndarray) -> bool:
    """Whether the sum of these counts, which a total gives, gives each of them."""
    if hidden.size == 1:
        return True
    if (hidden > LARGEST_SMALL).any():
        return False
    return bool(hidden.sum() in (hidden.size, LARGEST_SMALL * hidden.size))
