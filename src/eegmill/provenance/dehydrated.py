"""``code/dehydrated.json``: what a derivative leaves out because it can be made again, and how to tell that it was.

The manifests stay whole: they name the files that are not here too.
"""

from __future__ import annotations

import json
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from pydantic import Field, ValidationError

from ..bids.paths import recording_of
from ..errors import DerivativeError
from ..files.atomic import write_text
from ..models import Frozen
from .origin import read_strict_json

NAME = "code/dehydrated.json"
README = "README.md"
VERSION = "1.0"
OVERVIEW = "index.html"
OF_ALL = (OVERVIEW, "index.parquet", "croissant.json")
"""Files of the whole dataset that are left out."""
TABLES = "features/"
"""Beginning of the paths of tables of features, which are left out where they depend on the signals alone."""
OF_RECORDINGS = (
    *("_eeg.vhdr", "_eeg.vmrk", "_eeg.eeg", "_eeg.json", "_eeg.set", "_eeg.fdt"),
    *("_mixing.tsv", "_report.html"),
)
"""Ends of the names of files of a recording that are left out. Without its samples BIDS allows no ``_eeg.json``."""
NOTE = """
## Signals are not in this copy

This copy is dehydrated: signals, epochs, features, pages and the index of windows are left out, because they can be
made again. `eegmill rehydrate .` fetches the raw files that `code/lock.json` pins, makes them, and accepts only what
`manifest-sha256.txt` says. `code/dehydrated.json` lists what is left out.
"""
"""The end of the README of a dehydrated derivative; the rest of it is as it was."""


class Sketch(Frozen):
    """Some samples of a signal that is not here: they show how far a remake is from it where the bits differ."""

    n_times: int
    at: tuple[int, ...]
    """Samples that are kept, counted from 0."""
    samples: tuple[tuple[float, ...], ...]
    """One row a kept sample, one value a channel, in the unit of the file."""
    spans: tuple[float, ...]
    """Largest minus smallest sample of each channel."""


class Dehydrated(Frozen):
    """What is not here."""

    schema_version: Literal["1.0"] = "1.0"
    files: dict[str, int]
    """Size in bytes by path."""
    kept_bytes: int
    signals: dict[str, Sketch] = {}
    features: dict[str, dict[str, Any]] = Field(default_factory=dict)
    """By family, what the table was computed with."""
    index: dict[str, Any] = Field(default_factory=dict)
    """What the index of windows was made by."""


def is_made_again(path: str) -> bool:
    """Whether a file can be left out whatever it holds; tables of features depend on what they hold.

    Examples
    --------
    >>> is_made_again("sub-01/eeg/sub-01_task-rest_desc-preproc_eeg.eeg"), is_made_again("code/lock.json")
    (True, False)
    """
    own = path.startswith("sub-") and bool(recording_of(PurePosixPath(path).name))
    return (own and path.endswith(OF_RECORDINGS)) or path in OF_ALL


def read_dehydrated(derivative: Path) -> Dehydrated | None:
    """What a derivative leaves out; None where it is whole.

    Raises
    ------
    DerivativeError
        If the list is damaged, a newer eegmill wrote it, or it names a file that cannot be made again.
    """
    if not (derivative / NAME).is_file():
        return None
    values = read_strict_json(derivative / NAME)
    version = values.get("schema_version") if isinstance(values, dict) else None
    if isinstance(version, str) and version.split(".") > VERSION.split("."):
        msg = f"'{NAME}' has schema version {version}, and this eegmill knows {VERSION}: install a newer eegmill."
        raise DerivativeError(msg)
    try:
        content = Dehydrated.model_validate(values)
    except ValidationError as error:
        problem = error.errors()[0]
        where = ".".join(str(part) for part in problem["loc"])
        msg = f"'{NAME}' is damaged: {where}: {problem['msg']}."
        raise DerivativeError(msg) from error
    kept = [path for path in sorted(content.files) if not (is_made_again(path) or path.startswith(TABLES))]
    if kept:  # no manifest names the list itself: it must not hide what was altered or taken away
        msg = f"'{NAME}' leaves out '{kept[0]}', which cannot be made again: the list was altered."
        raise DerivativeError(msg)
    return content


def write_dehydrated(derivative: Path, content: Dehydrated) -> Path:
    """Write the list, without spaces: most of it are numbers of signals, a line each would be half of its bytes."""
    text = json.dumps(content.model_dump(mode="json"), sort_keys=True, separators=(",", ":"), allow_nan=False)
    write_text(derivative / NAME, f"{text}\n")
    return derivative / NAME


def original_readme(text: bytes) -> bytes:
    """The README as it was before the note was added."""
    return text.removesuffix(NOTE.encode())
