"""The index of a derivative's windows: its name, its version, and which of its rows are wanted."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import ConfigurationError, DerivativeError

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

NAME = "index.parquet"
SCHEMA_VERSION = "1"
METADATA_KEY = b"eegmill"
"""Of the table's metadata: JSON on the index as a whole."""
FILES_KEY = b"eegmill_files"
"""Of the table's metadata: JSON on the files of samples, each with size, SHA-256 and list of channels."""
Where = Mapping[str, Any] | Sequence[tuple[str, str, Any]]


def parsed(content: bytes | memoryview, address: str) -> pa.Table:
    """The rows of an index.

    Raises
    ------
    DerivativeError
        If it is none, or one of another version.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(pa.BufferReader(content))
        version = json.loads(table.schema.metadata[METADATA_KEY])["schema_version"]
    except (pa.ArrowException, KeyError, TypeError, ValueError):
        msg = f"'{NAME}' of '{address}' is no index of windows: it is damaged. {way_out(address)}"
        raise DerivativeError(msg) from None
    if version != SCHEMA_VERSION:
        msg = f"'{NAME}' of '{address}' has version {version}; this eegmill reads {SCHEMA_VERSION}. {way_out(address)}"
        raise DerivativeError(msg)
    return table


def way_out(address: str) -> str:
    """What to do about an index that does not hold, in one sentence."""
    derivative = "DERIVATIVE" if "://" in address else address
    return f"'eegmill index {derivative}' makes it again."


def chosen(table: pa.Table, where: Where) -> pa.Table:
    """The rows of an index that are wanted.

    Raises
    ------
    ConfigurationError
        If a column or an operator is unknown, a value is of the wrong kind, or no row is left.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    conditions = [_condition(*item) for item in where.items()] if isinstance(where, Mapping) else list(where)
    for column, *_ in conditions:
        if column not in table.column_names:
            near = get_close_matches(column, table.column_names, n=1)
            hint = f"is it '{near[0]}'?" if near else f"it has: {', '.join(table.column_names)}."
            msg = f"The index has no column '{column}'; {hint}"
            raise ConfigurationError(msg)
    try:
        found = table.filter(pq.filters_to_expression([conditions]))
    except (pa.ArrowException, TypeError, ValueError) as error:
        msg = f"where={where!r} cannot be asked of the index: {str(error).splitlines()[0]}"
        raise ConfigurationError(msg) from None
    if not found.num_rows:
        empty = next((name for name, *_ in conditions if table[name].null_count == table.num_rows), "")
        why = f": its column '{empty}' is empty" if empty else ""
        msg = f"No window of {table.num_rows} in the index is where={where!r}{why}."
        raise ConfigurationError(msg)
    return found


def ordered(n_windows: int, seed: int | None, shard: tuple[int, int]) -> NDArray[np.int64]:
    """Numbers of rows in the order of the index or shuffled: all, or part ``i`` of ``n``.

    Raises
    ------
    ConfigurationError
        If there is no such part.
    """
    part, parts = shard
    if not 0 <= part < parts:
        msg = f"shard={shard} is no part of a whole: ({part}, n) needs an n above {max(part, 0)}."
        raise ConfigurationError(msg)
    order = np.arange(n_windows)
    return (order if seed is None else np.random.default_rng(seed).permutation(order))[part::parts]


def stretches(table: pa.Table) -> tuple[list[str], list[NDArray[Any]]]:
    """Names of files; for each row which of them, and where in it: as numbers, since there may be millions."""
    files = table["file"].combine_chunks().dictionary_encode()
    numbers = [table[name].to_numpy() for name in ("offset", "n_bytes", "n_channels", "crc32")]
    return files.dictionary.to_pylist(), [files.indices.to_numpy(), *numbers]


def _condition(column: str, value: object) -> tuple[str, str, object]:
    many = isinstance(value, list | tuple | set | frozenset)
    return (column, "in", list(value)) if many else (column, "==", value)  # type: ignore[call-overload]  # many says so
