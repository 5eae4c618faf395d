"""The recordings that a multiverse is about: found, pinned and brought."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..config.overrides import check_datasets, check_recordings
from ..errors import ConfigurationError, EegmillError
from ..lock import LockedRecording
from ..provenance.digests import sha256_file
from ..records import Override
from ..workflow.jobs import fetch
from ..workflow.layout import Layout
from ..workflow.loose import LooseLayout, loose_file
from ..workflow.plan import Plan
from ..workflow.receipts import lie_of
from ..workflow.resolving import resolve_now
from .universes import Multiverse

FILES = "files"
"""What stands for a dataset where files are named one by one."""


@dataclass(frozen=True)
class Source:
    """A recording whose raw files are there."""

    layout: Layout
    entry: LockedRecording
    overrides: tuple[Override, ...]
    digest: str
    """Of its files and all that is known of them."""

    @property
    def dataset(self) -> str:
        """The name of its dataset."""
        return self.layout.dataset

    @property
    def name(self) -> str:
        """Dataset and recording."""
        return f"{self.dataset}/{self.entry.recording}"


@dataclass(frozen=True)
class Absent:
    """A recording that could not be had."""

    name: str
    reason: str


def sources_of(multiverse: Multiverse) -> tuple[list[Source], list[Absent]]:
    """Bring all recordings of a grid; those that cannot be had, with the reasons.

    Raises
    ------
    ConfigurationError
        If a dataset cannot be resolved, a file does not exist, two have one name, or an override names a recording
        that is not among them.
    """
    found = [*_of_datasets(multiverse), *_of_files(multiverse)]
    sources = [one for one in found if isinstance(one, Source)]
    absent = [one for one in found if isinstance(one, Absent)]
    _check_overrides(multiverse, sources)
    if not sources:
        reasons = "; ".join(f"{one.name}: {one.reason}" for one in absent)
        msg = f"None of the grid's recordings can be had: {reasons}"
        raise ConfigurationError(msg)
    return sources, absent


def _of_datasets(multiverse: Multiverse) -> Iterator[Source | Absent]:
    grid = multiverse.grid
    if not grid.datasets:
        return
    keys = grid.model_dump(include={"datasets", "api", "select", "seed"})
    plan = Plan.from_values({**keys, "output": str(multiverse.inputs), "recipe": [{"import": {}}]})
    resolve_now(plan)
    for dataset in plan.datasets:
        lock = plan.lock(dataset)
        yield from (Absent(f"{dataset}/{one.recording}", one.reason) for one in lock.refused)
        for entry in lock.recordings:
            yield _fetched(multiverse, plan, dataset, entry)


def _fetched(multiverse: Multiverse, plan: Plan, dataset: str, entry: LockedRecording) -> Source | Absent:
    layout, digest = plan.layout(dataset), plan.digest("fetch", dataset, entry.recording)
    receipt = layout.receipt("fetch", entry.recording, digest)
    try:
        if not receipt.is_file() or lie_of(receipt, layout):
            fetch.run(layout, plan.lock(dataset), entry.recording, digest=digest)
    except EegmillError as error:
        return Absent(f"{dataset}/{entry.recording}", str(error))
    return Source(layout, entry, _overrides(multiverse, dataset, entry.recording), digest)


def _of_files(multiverse: Multiverse) -> Iterator[Source]:
    known: dict[str, str] = {}
    for file in multiverse.grid.files:
        path = Path(file)
        if not path.exists():
            msg = f"Grid: the file '{file}' does not exist."
            raise ConfigurationError(msg)
        found = loose_file(path)
        name = found.entry.recording
        if name in known:
            msg = f"Grid: '{known[name]}' and '{file}' are both called '{name}': rename one of them."
            raise ConfigurationError(msg)
        known[name] = file
        layout = LooseLayout(multiverse.inputs, FILES, multiverse.name, None, found.root)
        paths = (found.root / one.path for one in found.entry.files)
        contents = [sha256_file(path) for path in paths if path.is_file()]
        yield Source(layout, found.entry, _overrides(multiverse, FILES, name), " ".join(contents))


def _overrides(multiverse: Multiverse, dataset: str, recording: str) -> tuple[Override, ...]:
    return tuple(row.override for row in multiverse.overrides if (row.dataset, row.recording) == (dataset, recording))


def _check_overrides(multiverse: Multiverse, sources: list[Source]) -> None:
    datasets = list(dict.fromkeys(source.dataset for source in sources))
    check_datasets(multiverse.overrides, datasets)
    for dataset in datasets:
        names = [source.entry.recording for source in sources if source.dataset == dataset]
        check_recordings(multiverse.overrides, dataset, names)
