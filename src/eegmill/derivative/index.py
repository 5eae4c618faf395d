"""The index of a derivative's windows (``index.parquet``), and what describes it to machines (``croissant.json``)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..provenance.manifest import NAME as MANIFEST
from ..provenance.manifest import note_in_manifest
from ..provenance.origin import read_origin
from ..stream.index import METADATA_KEY, NAME, parsed
from .croissant import NAME as CROISSANT
from .croissant import write_croissant
from .read import cleaned_recordings
from .window_table import Asked, IndexReport, write_window_table

FILES = (NAME, CROISSANT)


def write_index(
    derivative: Path, recordings: Sequence[str], asked: Asked, *, folder: Path | None = None
) -> IndexReport:
    """Index the windows of some recordings.

    Parameters
    ----------
    folder
        Where to write, if not into the derivative.

    Raises
    ------
    ConfigurationError
        If a window is shorter than a sample.
    DerivativeError
        If files of a recording do not agree.
    """
    folder = folder or derivative
    report = write_window_table(folder / NAME, derivative, recordings, asked)
    write_croissant(derivative, folder=folder)
    return report


def index_derivative(
    derivative: Path, *, window_s: float = 2.0, split: Mapping[str, float] | None = None, seed: int | None = None
) -> IndexReport:
    """Index a finished derivative, and note the index in its manifest; no other line of that is touched.

    Raises
    ------
    ConfigurationError
        If a window is shorter than a sample.
    DerivativeError
        If eegmill did not make the derivative, or its files do not agree.
    """
    origin = read_origin(derivative)
    asked = Asked(window_s, split, (int(origin.config["seed"]) if seed is None else seed) if split else 0)
    names = {entry.recording for entry in origin.lock.recordings}
    report = write_index(derivative, [name for name in cleaned_recordings(derivative) if name in names], asked)
    if (derivative / MANIFEST).is_file():
        note_in_manifest(derivative, FILES)
    return report


def index_again(derivative: Path, folder: Path) -> tuple[str, ...]:
    """Make the index of a derivative again, from its files and what it was asked for, into another folder.

    Returns
    -------
    tuple of str
        Names of the files; none where the derivative has no index.
    """
    made_by = indexed_by(derivative)
    if not made_by:
        return ()
    write_index(derivative, made_by["recordings"], Asked(**made_by["asked"]), folder=folder)
    return FILES


def indexed_by(derivative: Path) -> dict[str, Any]:
    """What the index of a derivative was made by; empty where it has none."""
    path = derivative / NAME
    if not path.is_file():
        return {}
    table = parsed(path.read_bytes(), str(derivative))
    about: dict[str, Any] = json.loads(table.schema.metadata[METADATA_KEY])
    return {"recordings": about["recordings"], "asked": about["asked"]}
