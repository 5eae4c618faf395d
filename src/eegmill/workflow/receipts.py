"""Receipts: that a stage was done, as it was asked for, and which files it made.

The name of a receipt holds the digest of what was asked. So what is still to be done depends on no clock, no working
directory and no other memory than the receipts themselves.
"""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

from ..errors import DerivativeError
from ..files.atomic import write_json
from ..models import Frozen
from ..provenance.activity import Activity, FileDigest
from .layout import Layout

NAME = re.compile(r"\.[0-9a-f]{16}\.(failure\.)?json$")


class Receipt(Frozen):
    """One stage, done for one recording or one dataset."""

    receipt_version: Literal["1"] = "1"
    stage: str
    dataset: str
    name: str
    """The recording, or what else the stage works on."""
    recipe: str = ""
    """Whose derivative the files are in; empty where all recipes share them."""
    digest: str
    status: str = "ok"
    cpu_s: float = 0.0
    peak_mb: float = 0.0
    """Memory of the process that did it, up to its end; 0 where nobody looked."""
    files: tuple[FileDigest, ...] = ()
    activity: Activity | None = None


def write_receipt(layout: Layout, receipt: Receipt) -> None:
    """Write a receipt: the last act of a stage."""
    path = layout.receipt(receipt.stage, receipt.name, receipt.digest)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_json(path, receipt.model_dump(mode="json"))


def read_receipt(path: Path) -> Receipt:
    """Read a receipt.

    Raises
    ------
    DerivativeError
        If it is none.
    """
    try:
        return Receipt.model_validate_json(path.read_bytes())
    except ValueError as error:
        msg = f"'{path.name}' is no receipt of this eegmill: delete it, and its stage is done again."
        raise DerivativeError(msg) from error


def lie_of(path: Path, layout: Layout) -> str:
    """Why a receipt is void; empty if it holds: every file that it lists is there, with its size."""
    try:
        listed = json.loads(path.read_bytes())["files"]
        files = [(layout.root(file["place"]) / file["path"], int(file["size"])) for file in listed]
    except (ValueError, KeyError, TypeError):
        return "its receipt cannot be read"
    return next(filter(None, (_lie(file, size) for file, size in files)), "")


def _lie(file: Path, size: int) -> str:
    try:
        found = file.stat().st_size
        found = found if found == size else _size_now(file)
    except OSError:
        return f"'{file.name}' is missing"
    return "" if found == size else f"'{file.name}' has {found} bytes, not {size}"


def _size_now(file: Path) -> int:
    """The size of a file as it is opened: a network folder may tell a former one from memory, but not then."""
    with file.open("rb") as stream:
        return os.fstat(stream.fileno()).st_size


def settle_times(folder: Path) -> None:
    """Give files of a folder that were made later than now, by the clock as it is, the time of now.

    Snakemake fails a job whose output is older than its input, which is so where the clock was put back between two
    jobs, or is another on another machine. Nothing here depends on these times.
    """
    for path in folder.iterdir() if folder.is_dir() else ():
        with suppress(OSError):  # another job may take it away, and a job of another user's may not be touched
            if path.stat().st_mtime > time.time():
                os.utime(path)


def withdraw(layout: Layout, stages: Iterable[str], name: str, *, recipe: str = "") -> None:
    """Take back former receipts and failures, before the files that they speak of are replaced.

    Receipts of other recipes stay: their files lie elsewhere.
    """
    for stage in stages:
        for path in former(layout, stage, name):
            forget(path, recipe=recipe)


def forget(path: Path, *, recipe: str) -> None:
    """Remove a receipt or failure, unless it is another recipe's."""
    if _recipe_of(path) in {recipe, None}:
        path.unlink(missing_ok=True)


def former(layout: Layout, stage: str, name: str) -> Iterator[Path]:
    """Receipts and failures of a stage for one name, whatever was asked."""
    folder = layout.work / stage
    for path in sorted(folder.glob(f"{name}.*json")) if folder.is_dir() else ():
        if NAME.sub("", path.name) == name:
            yield path


def _recipe_of(path: Path) -> str | None:
    """The recipe of a receipt or failure; None where it cannot be told."""
    try:
        content: dict[str, Any] = json.loads(path.read_bytes())
        return str(content.get("recipe", ""))
    except (ValueError, AttributeError, OSError):
        return None
