"""Feature tables as Arrow tables: long, one row a value, with units and parameters in the schema."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .contract import Feature
from .extraction import Column, FeatureTable
from .tree import Choice

if TYPE_CHECKING:
    import pyarrow as pa

SCHEMA_VERSION = "1.0"
FOLDER = "features"
"""Of a derivative, where its tables are."""
METADATA_KEY = "eegmill"
"""Of the schema's metadata: JSON, see `description`."""
RECORDINGS_KEY = "eegmill_recordings"
"""Of a file's metadata: JSON, for each recording its number of windows, its notes and the digest of its signal."""


def description(choices: Sequence[Choice], **about: Any) -> dict[bytes, bytes]:
    """Metadata of a schema: version, what the caller says, and of each feature unit, kind, parameters and formula."""
    told = {
        "schema_version": SCHEMA_VERSION,
        **about,
        "features": {choice.label: _of_feature(choice) for choice in choices},
    }
    return {METADATA_KEY.encode(): json.dumps(told, sort_keys=True, ensure_ascii=False).encode()}


def _of_feature(choice: Choice) -> dict[str, Any]:
    feature = choice.feature
    told: dict[str, Any] = {"name": feature.name, "kind": feature.kind, "unit": feature.unit}
    if isinstance(feature, Feature):
        told |= {"formula": feature.note("Formula"), "source": feature.note("Source")}
        told["parameters"] = {**feature.parameters, **choice.parameters}
    if choice.transforms:
        told["transforms"] = [{name: dict(given)} for name, given in choice.transforms]
    return told


def described(schema: pa.Schema) -> Mapping[str, Any]:
    """What `description` wrote into a schema."""
    told: Mapping[str, Any] = json.loads(schema.metadata[METADATA_KEY.encode()])
    return told


def schema(metadata: Mapping[bytes, bytes]) -> pa.Schema:
    """The columns of a long table."""
    import pyarrow as pa

    text = pa.dictionary(pa.int32(), pa.string())
    fields = [("recording", text), ("onset_s", pa.float64()), ("duration_s", pa.float64())]
    fields += [("channel", text), ("feature", text), ("value", pa.float64()), ("unit", text)]
    return pa.schema(fields, metadata=dict(metadata))


def long_table(recording: str, table: FeatureTable, family: str, metadata: Mapping[bytes, bytes]) -> pa.Table:
    """Values of one family of one recording, one row each, NaN as null: by feature, window, channel."""
    import pyarrow as pa

    columns = of_family(table, family)
    parts = [_rows(recording, table, column) for column in columns]
    return (
        pa.concat_tables([part.cast(schema(metadata)) for part in parts]) if parts else schema(metadata).empty_table()
    )


def of_family(table: FeatureTable, family: str) -> tuple[Column, ...]:
    """Columns of a family: the first word of a feature's name, whatever it is computed behind."""
    return tuple(column for column in table.columns if column.family == family)


def _rows(recording: str, table: FeatureTable, column: Column) -> pa.Table:
    import pyarrow as pa

    names = table.sites(column.kind)
    n_windows, n_rows = len(table.onsets_s), column.values.size

    def constant(text: str) -> pa.Array:
        return pa.DictionaryArray.from_arrays(pa.array(np.zeros(n_rows, np.int32)), pa.array([text]))

    channels = pa.array(np.tile(np.arange(len(names), dtype=np.int32), n_windows))
    arrays = [
        constant(recording),
        pa.array(np.repeat(table.onsets_s, len(names))),
        pa.array(np.full(n_rows, table.duration_s)),
        pa.DictionaryArray.from_arrays(channels, pa.array(names)),
        constant(column.label),
        pa.array(column.values.ravel(), from_pandas=True),
        constant(column.unit),
    ]
    return pa.table(arrays, names=schema({}).names)
