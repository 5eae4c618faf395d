"""The tables of a multiverse as Arrow tables: long, one row a value; the same values give the same bytes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..files.atomic import staged_file

if TYPE_CHECKING:
    import pyarrow as pa

Kind = str
COLUMNS: Mapping[str, Mapping[str, Kind]] = {
    "universes": {"universe": "int32", "choice": "string", "way": "string", "recipe_digest": "string"},
    "dropped": {"universe": "int32", "choice": "string", "way": "string", "reason": "string"},
    "outcomes": {
        "dataset": "string",
        "recording": "string",
        "universe": "int32",
        "status": "string",
        "reason": "string",
    },
    "measures": {
        "dataset": "string",
        "recording": "string",
        "universe": "int32",
        "measure": "string",
        "value": "float64",
        "unit": "string",
    },
    "trials": {
        "dataset": "string",
        "recording": "string",
        "universe": "int32",
        "trial": "int32",
        "event": "string",
        "onset_s": "float64",
        "condition": "int8",
        "amplitude_uv": "float64",
        "decision": "float64",
    },
    "curve": {
        "universe": "int32",
        "estimate": "float64",
        "error": "float64",
        "p": "float64",
        "n_recordings": "int32",
        "verdict": "string",
        "n_steps": "int32",
    },
    "effects": {
        "measure": "string",
        "choices": "string",
        "ways": "string",
        "order": "int8",
        "effect": "float64",
        "share": "float64",
    },
    "flips": {"choice": "string", "kind": "string", "pairs": "int64", "rate": "float64"},
    "trial_flips": {
        "dataset": "string",
        "recording": "string",
        "trial": "int32",
        "universes": "int32",
        "rate": "float64",
    },
}
"""Columns of each table, with their types. NaN is stored as null."""
OF_RECORDINGS = ("outcomes", "measures", "trials")
"""Tables that are made of the parts that each recording gives."""


def table_of(name: str, columns: Mapping[str, Any]) -> pa.Table:
    """A table of the columns given, one array or list each."""
    import pyarrow as pa

    kinds = {column: getattr(pa, kind)() for column, kind in COLUMNS[name].items()}
    arrays = [pa.array(columns[column], type=kind, from_pandas=True) for column, kind in kinds.items()]
    return pa.table(arrays, schema=pa.schema(list(kinds.items())))


def table_of_rows(name: str, rows: Iterable[Sequence[Any]]) -> pa.Table:
    """A table of rows, whose cells stand in the order of the columns."""
    cells = list(zip(*rows, strict=True)) or [()] * len(COLUMNS[name])
    return table_of(name, dict(zip(COLUMNS[name], map(list, cells), strict=True)))


def joined(parts: Sequence[pa.Table], name: str) -> pa.Table:
    """Parts of one table, one below the other."""
    import pyarrow as pa

    return pa.concat_tables([table_of_rows(name, ()), *parts]).combine_chunks()


def write_table(table: pa.Table, path: Path) -> None:
    """Write a table as Parquet, whole or not at all."""
    import pyarrow.parquet as pq

    with staged_file(path) as staged:
        pq.write_table(table, staged, compression="zstd", write_statistics=False)


def read_table(path: Path) -> pa.Table:
    """Read what `write_table` wrote."""
    import pyarrow.parquet as pq

    return pq.read_table(path)
