"""``code/dehydrated.json``: what a derivative leaves out because it can be made again, and how to tell that it was.

The manifests stay whole: they name the files that are not here too.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError

from ..errors import DerivativeError
from ..files.atomic import write_json
from ..models import Frozen
from .origin import read_strict_json

NAME = "code/dehydrated.json"
README = "README.md"
VERSION = "1.0"
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


def read_dehydrated(derivative: Path) -> Dehydrated | None:
    """What a derivative leaves out; None where it is whole.

    Raises
    ------
    DerivativeError
        If the list is damaged, or a newer eegmill wrote it.
    """
    if not (derivative / NAME).is_file():
        return None
    values = read_strict_json(derivative / NAME)
    version = values.get("schema_version") if isinstance(values, dict) else None
    if isinstance(version, str) and version.split(".") > VERSION.split("."):
        msg = f"'{NAME}' has schema version {version}, and this eegmill knows {VERSION}: install a newer eegmill."
        raise DerivativeError(msg)
    try:
        return Dehydrated.model_validate(values)
    except ValidationError as error:
        problem = error.errors()[0]
        where = ".".join(str(part) for part in problem["loc"])
        msg = f"'{NAME}' is damaged: {where}: {problem['msg']}."
        raise DerivativeError(msg) from error


def write_dehydrated(derivative: Path, content: Dehydrated) -> Path:
    """Write the list."""
    write_json(derivative / NAME, content.model_dump(mode="json"))
    return derivative / NAME


def original_readme(text: bytes) -> bytes:
    """The README as it was before the note was added."""
    return text.removesuffix(NOTE.encode())
