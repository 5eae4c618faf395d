"""The status of all datasets, each looked at only where something has changed since the last time.

Whoever looks at hundreds of datasets, of which a few are worked on, reads the receipts of these few alone. A folder
that was copied is looked at anew, since its times are others.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from ..files.atomic import write_text
from ..models import Frozen
from ..version import __version__
from .layout import Layout
from .status import DatasetStatus, dataset_status, datasets_in

NAME = "status.json"
SETTLED_NS = 2_000_000_000
"""A change so recent may be followed by another one that leaves the same time."""


class KnownStatus(Frozen):
    """What was found of a dataset, with each recipe, and the times of its folders then."""

    state: str
    found: tuple[DatasetStatus, ...]


def known_status(output: Path) -> list[DatasetStatus]:
    """How far each dataset in an output folder is, with each recipe.

    Raises
    ------
    ConfigurationError
        If the folder is no output folder of a run.
    """
    return [status for dataset in datasets_in(output) for status in _known_or_found(output, dataset)]


def _known_or_found(output: Path, dataset: str) -> tuple[DatasetStatus, ...]:
    layout = Layout(output, dataset, "")
    path, times = layout.work / NAME, list(_times_ns(layout))
    state = " ".join(map(str, [__version__, *times]))
    with suppress(OSError, ValueError):
        known = KnownStatus.model_validate_json(path.read_bytes())
        if known.state == state:
            return known.found
    found = dataset_status(output, dataset)
    if layout.work.is_dir() and max(times) < time.time_ns() - SETTLED_NS:
        with suppress(OSError):  # a folder that may only be read
            write_text(path, KnownStatus(state=state, found=found).model_dump_json())
    return found


def _times_ns(layout: Layout) -> Iterator[int]:
    """When anything that the status tells of was made or taken away."""
    folders = [layout.lock, *(layout.work / stage for stage in ("resolve", "fetch", "clean", "report"))]
    for path in [*folders, layout.raw / "derivatives"]:
        try:
            yield path.stat().st_mtime_ns
        except FileNotFoundError:
            yield 0
