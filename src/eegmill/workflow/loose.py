"""Loose files: each is cleaned as a recording of a dataset is, without lock and receipts."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from ..bids.ignore import ignored_by
from ..bids.inheritance import needed, role_of
from ..bids.names import parse_name
from ..bids.text import decoded
from ..chain import Chain, record_of, run_steps
from ..config.overrides import OverrideRow, check_recordings
from ..derivative.dataset import BIDS_VERSION
from ..derivative.write import write_derivative
from ..errors import ConfigurationError
from ..files.atomic import write_json
from ..lock import LockedFile, LockedRecording
from ..reading.recording import read_recording
from ..recipe import Recipe
from ..recording import Recording
from ..records import Override
from ..version import __version__
from .jobs.page import write_page
from .layout import Layout
from .task import Task

if TYPE_CHECKING:
    from ..records import RecordingRecord

DESCRIPTION = "dataset_description.json"
IGNORE = ".bidsignore"
Progress = Callable[[int, int, str], None]
"""Called before each step: its number from 1, how many there are, its name."""


@dataclass(frozen=True)
class LooseLayout(Layout):
    """The file lies anywhere; the output folder is the derivative."""

    raw_folder: Path = Path()

    @property
    def raw(self) -> Path:
        """The BIDS dataset that the file belongs to, or else its folder."""
        return self.raw_folder


@dataclass(frozen=True)
class LooseFile:
    """A file, and what is known of it: its BIDS dataset with sidecars if it lies in one."""

    root: Path
    entry: LockedRecording

    def task(self, recipe: Recipe, output: Path, *, seed: int, overrides: tuple[Override, ...]) -> Task:
        """What cleaning it takes."""
        layout = LooseLayout(output, "", recipe.name, output, self.root)
        return Task("", self.entry, recipe, seed, overrides, layout, {})


def loose_file(file: Path) -> LooseFile:
    """Look at where a file lies. One that lies in a BIDS dataset brings its sidecars."""
    file = file.absolute()
    root = next((folder for folder in file.parents if (folder / DESCRIPTION).is_file()), None)
    raw = file.relative_to(root).as_posix() if root else ""
    if root is None or not (raw.startswith("sub-") and file.parent.name == "eeg" and file.stem.endswith("_eeg")):
        name = re.sub("[^A-Za-z0-9_-]", "-", file.stem)
        only = LockedFile(path=file.name, url=file.as_uri(), role="raw")
        entry = LockedRecording(recording=name, folder="", datatype="eeg", raw=file.name, entities={}, files=(only,))
        return LooseFile(file.parent, entry)
    folders = [folder for folder in file.parents if folder.is_relative_to(root)]
    near = [path.relative_to(root).as_posix() for folder in folders for path in folder.iterdir() if path.is_file()]
    ignored = ignored_by(decoded((root / IGNORE).read_bytes())[0]) if (root / IGNORE).is_file() else lambda _: False
    paths = [path for path in needed(raw, near) if path == raw or not ignored(path)]
    files = (LockedFile(path=path, url=(root / path).as_uri(), role=role_of(path, raw)) for path in paths)
    entry = LockedRecording(
        recording=file.stem.removesuffix("_eeg"),
        folder=file.parent.parent.relative_to(root).as_posix(),
        datatype="eeg",
        raw=raw,
        entities=dict(parse_name(file.name).entities),
        files=tuple(files),
    )
    return LooseFile(root, entry)


def refuse_clashes(tasks: Sequence[Task], *, overwrite: bool) -> None:
    """Refuse two files of one name, and results that are there already.

    Raises
    ------
    ConfigurationError
        Names them, and what to do.
    """
    files: dict[str, Path] = {}
    for task in tasks:
        path = task.layout.raw / task.entry.raw
        if task.recording in files:
            msg = (
                f"'{files[task.recording]}' and '{path}' would both be written as '{task.recording}': "
                "clean them into two folders."
            )
            raise ConfigurationError(msg)
        files[task.recording] = path
    there = [task.layout.qc(task.recording) for task in tasks if task.layout.qc(task.recording).exists()]
    if there and not overwrite:
        msg = f"'{there[0]}' is there already: --overwrite replaces it, or name another output folder."
        raise ConfigurationError(msg)


def overrides_by_recording(rows: Sequence[OverrideRow], recordings: Collection[str]) -> dict[str, tuple[Override, ...]]:
    """A person's decisions for each recording; of a table's columns ``dataset`` is of no account here.

    Raises
    ------
    ConfigurationError
        If a row names none of the recordings.
    """
    for dataset in dict.fromkeys(row.dataset for row in rows):
        check_recordings(rows, dataset, recordings)
    return {name: tuple(row.override for row in rows if row.recording == name) for name in recordings}


def clean_loose(task: Task, progress: Progress) -> RecordingRecord:
    """Clean a file; write its derivative files, electrode positions and page.

    Raises
    ------
    EegmillError
        If it cannot be read or written; says why.
    """
    layout, recipe, numbers = task.layout, task.recipe, count(1)
    chain = run_steps(
        Chain(read_recording(layout.raw, task.entry)),
        recipe.steps,
        seed=task.seed,
        overrides=task.overrides,
        begin=lambda name: progress(next(numbers), len(recipe.steps), name),
    )
    record = record_of(chain, task.recording, recipe=recipe, seed=task.seed, overrides=task.overrides)
    _write(task, chain.recording, record)
    del chain  # the page reads both recordings, one after the other
    write_page(layout, task.recording, task.entry)
    return record


def loose_task(file: LooseFile | None, name: str, recipe: Recipe, output: Path, *, seed: int) -> Task:
    """What writing a cleaned recording takes; one that came from no file has a name alone."""
    if file is None:
        entry = LockedRecording(recording=name, folder="", datatype="eeg", raw=name, entities={}, files=())
        file = LooseFile(output, entry)
    return file.task(recipe, output, seed=seed, overrides=())


def write_cleaned(task: Task, recording: Recording, record: RecordingRecord, *, with_source: bool) -> Path:
    """Write the derivative files and the page of a recording that is cleaned; the page."""
    _write(task, recording, record)
    return write_page(task.layout, task.recording, task.entry if with_source else None)


def _write(task: Task, recording: Recording, record: RecordingRecord) -> None:
    derivative = task.layout.derivative
    write_derivative(recording, record, entry=task.entry, raw_root=task.layout.raw, derivative=derivative)
    if not (derivative / DESCRIPTION).is_file():
        write_json(derivative / DESCRIPTION, _description(task.recipe))


def _description(recipe: Recipe) -> dict[str, object]:
    made_by = {"Name": "eegmill", "Version": __version__, "Description": f"Recipe '{recipe.name}', on single files"}
    return {
        "Name": "Recordings cleaned by eegmill",
        "BIDSVersion": BIDS_VERSION,
        "DatasetType": "derivative",
        "GeneratedBy": [made_by],
    }
