"""Whether the index of windows was made of the signals that lie beside it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ..errors import DerivativeError
from ..stream.index import FILES_KEY, NAME, parsed
from .findings import Finding

REMEDY = "'eegmill index' makes it again"


def check_index(derivative: Path, manifest: Mapping[str, str]) -> Iterator[Finding]:
    """Signals that are others, or gone, since they were indexed; an index that cannot be read."""
    path = derivative / NAME
    if not path.is_file():
        return
    try:
        metadata = parsed(path.read_bytes(), derivative.name).schema.metadata
    except DerivativeError as error:
        yield Finding(path=NAME, problem=str(error))
        return
    files: dict[str, dict[str, Any]] = json.loads(metadata[FILES_KEY])["files"]
    for file, about in files.items():
        if about["sha256"] != manifest.get(file):
            yield Finding(path=NAME, problem=f"was made of another '{file}': {REMEDY}")
