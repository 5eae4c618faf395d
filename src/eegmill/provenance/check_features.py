"""Whether the tables of features were made of the signals that lie beside them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ..bids.paths import DerivativePaths
from ..features.tables import FOLDER, RECORDINGS_KEY
from .findings import Finding


def check_features(derivative: Path, manifest: Mapping[str, str]) -> Iterator[Finding]:
    """Recordings whose signal is another one, or gone, since a table was made."""
    for path in sorted(derivative.glob(f"{FOLDER}/*.parquet")):
        for recording, told in _recordings(path).items():
            signal = DerivativePaths(recording).signal_data.as_posix()
            if told.get("signal_sha256") != manifest.get(signal):
                problem = f"was made of another signal of {recording}: 'eegmill features' makes it again"
                yield Finding(path=f"{FOLDER}/{path.name}", problem=problem)


def _recordings(path: Path) -> dict[str, dict[str, Any]]:
    """What a table says of each recording; nothing where it says nothing."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        told: dict[str, dict[str, Any]] = json.loads(pq.read_metadata(path).metadata[RECORDINGS_KEY.encode()])
    except (pa.ArrowInvalid, KeyError, TypeError, ValueError):
        return {}
    return told
