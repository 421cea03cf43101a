"""How often Python looks for what refers to itself in a circle and to nothing else."""

import gc


def collect_rarely() -> None:
    """Have it look once for every hundred thousand new objects in place of seven hundred.

    For commands that make a great many objects which live until they end, as imports and Dagster do: looking through
    them time and again takes a tenth of a refresh, and finds nothing."""
    gc.set_threshold(100_000, 20, 100)


def keep_to_the_end() -> None:
    """Have the end of the command not look through all that it made, which takes two seconds and frees what the
    operating system is about to take back anyway."""
    gc.freeze()
