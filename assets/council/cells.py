"""What is asked of the cells of one column, each distinct value once."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from assets.council.columns import as_code
from assets.council.mapping import Mapping
from assets.council.sources import normal

Flags = NDArray[np.bool_]


def one_chunk(column: pa.ChunkedArray) -> pa.Array:
    """The column as one array, copied only where it is in several."""
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def constant(value: str, count: int) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(np.zeros(count, np.int32)), pa.array([value]))


def without_empty_codes(column: pa.Array, name: str, mapping: Mapping) -> pa.Array:
    """The column without the values that the mapping gives no code, such as a word for a case still open."""
    codes = {as_code(value) for value, code in mapping.values.get(name, {}).items() if not code}
    if not codes:
        return column
    encoded = column.dictionary_encode()
    words = {
        (value or "").strip().casefold() for value in encoded.dictionary.to_pylist() if as_code(value or "") in codes
    }
    return emptied(column, words)


def emptied(column: pa.Array, words: Iterable[str]) -> pa.Array:
    """The column with nothing where one of the words stands."""
    encoded = column.dictionary_encode()
    wanted = {*words}
    is_empty = [(value or "").strip().casefold() in wanted for value in encoded.dictionary.to_pylist()]
    if not any(is_empty):
        return column
    gone = pc.fill_null(pa.array(is_empty, pa.bool_()).take(encoded.indices), False)
    return pa.DictionaryArray.from_arrays(pc.if_else(gone, None, encoded.indices), encoded.dictionary)


def is_nothing_or_row_numbers(column: pa.ChunkedArray) -> bool:
    """Whether a column without a heading is empty, or counts the rows as some programs do."""
    values = [value for value in column.to_pylist() if value is not None]
    return values in ([], *([str(first + n) for n in range(len(values))] for first in (0, 1)))


def is_null(column: pa.Array) -> Flags:
    return column.is_null().to_numpy(zero_copy_only=False)


def matches(column: pa.Array, pattern: str) -> Flags:
    """Which cells match, each distinct value tried once."""
    encoded = column.dictionary_encode()
    hits = pc.fill_null(pc.match_substring_regex(pc.utf8_trim_whitespace(encoded.dictionary), pattern), False)
    return pc.fill_null(hits.take(encoded.indices), False).to_numpy(zero_copy_only=False)


def are(column: pa.Array, words: set[str]) -> Flags:
    encoded = column.dictionary_encode()
    hits = pa.array([normal(value or "") in words for value in encoded.dictionary.to_pylist()], pa.bool_())
    return pc.fill_null(hits.take(encoded.indices), False).to_numpy(zero_copy_only=False)
