"""How much of the variation between figures goes with the way in which they were defined."""

from collections.abc import Sequence

import numpy as np


def share_of_variation(values: Sequence[float], definitions: Sequence[str]) -> float | None:
    """The part of the sum of squares that lies between definitions, 0 to 1 (eta squared); None without any.

    It takes two definitions with two values each, and values that differ. Raises ValueError for unequal lengths.
    """
    if len(values) != len(definitions):
        raise ValueError("each value needs its definition")
    figures, labels = np.asarray(values, dtype=np.float64), np.asarray(definitions, dtype=object)
    names = [name for name in dict.fromkeys(definitions) if np.count_nonzero(labels == name) >= 2]
    used = np.isin(labels, names)
    whole = float(np.sum((figures[used] - figures[used].mean()) ** 2)) if len(names) > 1 else 0.0
    if whole == 0:
        return None
    between = sum(
        np.count_nonzero(labels == name) * (figures[labels == name].mean() - figures[used].mean()) ** 2
        for name in names
    )
    return float(between) / whole
