"""Recordings in folders of this machine: a raw BIDS dataset, or a derivative that eegmill made."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..bids.names import BidsName, recording_of
from ..bids.paths import RECORD, DerivativePaths
from ..catalog.ingest.bids import digest
from ..catalog.ingest.bids_files import BidsFolder
from ..errors import DerivativeError
from ..lock import Lock
from ..machine import Sharing
from ..recording import Recording
from .collection import Collection, Listed, named_once, participants_of, refuse_empty
from .run import Run

if TYPE_CHECKING:
    from ..inputs.fetch.progress import Progress

SIGNAL = DerivativePaths("").signal.name
"""What the name of every cleaned signal ends with."""


class FolderRecordings(Collection):
    """Recordings of a raw BIDS folder. They are read where they lie.

    Parameters
    ----------
    run
        How they are cleaned, and where results go.
    root
        The folder.
    query
        A MongoDB filter on the documents that a catalogue would have of them.
    modality
        Only recordings of this datatype; empty takes all.

    Raises
    ------
    ConfigurationError
        If there are no such recordings.
    """

    def __init__(self, run: Run, root: Path, *, query: Mapping[str, Any] | None, modality: str) -> None:
        self._run, self.root, self.dataset = run, root, run.dataset
        people = participants_of(root)
        files = [file for file in BidsFolder(root).recordings() if modality in ("", file.datatype)]
        chosen = self._chosen(query) if query else {file.path for file in files}
        self.listed, self.left_out = named_once([_listed(file, people) for file in files if file.path in chosen])
        refuse_empty(self.listed, f"The folder '{root}'", self.left_out)

    @property
    def address(self) -> str:
        """The folder."""
        return str(self.root)

    @property
    def run(self) -> Run:
        """What cleans them."""
        return self._run

    @property
    def derivative(self) -> Path:
        """In the output folder, unless the configuration says otherwise."""
        return self._run.layout.derivative

    def document(self, listed: Listed) -> dict[str, Any]:
        """The document that a catalogue would have: headers and sidecars of the whole folder are read for it, once."""
        return dict(self._documents[listed.path])

    def fetch(self, listed: Sequence[Listed], *, progress: Progress | None = None) -> None:
        """They are here."""

    def read(self, listed: Listed) -> Recording:
        """Read it where it lies."""
        from ..reading.recording import read_recording
        from ..workflow.loose import loose_file

        found = loose_file(self.root / listed.path)
        return read_recording(found.root, found.entry)

    @cached_property
    def _documents(self) -> dict[str, dict[str, Any]]:
        records = digest(self.root, now="", dataset_id=self.dataset).records
        return {record.bids_relpath: record.fields() for record in records}

    def _chosen(self, query: Mapping[str, Any]) -> set[str]:
        from ..inputs.resolve.folder import FolderCatalogue

        catalogue = FolderCatalogue(self.root, self.dataset)
        return {str(record["bids_relpath"]) for record in catalogue.find({"$and": [dict(query)]})}


class CleanedRecordings(Collection):
    """Recordings of a derivative: cleaned ones as they lie, raw ones from where the derivative says that they are.

    Parameters
    ----------
    root
        The folder of the derivative.

    Raises
    ------
    DerivativeError
        If the folder has no cleaned recording.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        people, files = participants_of(root), sorted(_files_of_subjects(root))
        names = [file.removesuffix(SIGNAL) for file in files if file.endswith(SIGNAL)]
        self.listed = tuple(
            Listed(name, DerivativePaths(name).signal.as_posix(), people.get(name.split("_")[0], {})) for name in names
        )
        without = {file.removesuffix(RECORD) for file in files if file.endswith(RECORD)} - set(names)
        self.left_out = dict.fromkeys(sorted(without), "has no cleaned signal: its record says why")
        if not names:
            msg = f"'{root}' has no cleaned recordings ({len(without)} without a cleaned signal)."
            raise DerivativeError(msg)

    @cached_property
    def dataset(self) -> str:  # type: ignore[override] # looked up where it is first wanted
        """The ID that it was made from; the folder's name where it does not say."""
        return self._lock.dataset if self._lock else self.root.name

    @property
    def address(self) -> str:
        """The folder."""
        return str(self.root)

    @property
    def run(self) -> None:
        """A derivative is what it is: nothing is cleaned for it."""
        return

    @property
    def derivative(self) -> Path:
        """The folder."""
        return self.root

    def document(self, listed: Listed) -> dict[str, Any]:
        """What the derivative says of the recording: name, path and entities."""
        return {"dataset": self.dataset, "bids_relpath": listed.path, **listed.description(self.dataset)}

    def fetch(self, listed: Sequence[Listed], *, progress: Progress | None = None) -> None:
        """Fetch raw files that are not where the derivative says, as its lock pins them."""
        from ..inputs.fetch.recording import fetch_recording

        lock, sharing = self._lock_or_refuse(), Sharing.from_environment()
        for one in listed:
            if not (self._raw / lock.recording(one.name).raw).is_file():
                fetch_recording(
                    lock, one.name, self._raw, cache=sharing.cache, offline=sharing.offline, progress=progress
                )

    def read(self, listed: Listed) -> Recording:
        """Read the raw recording that the cleaned one was made from."""
        from ..reading.recording import read_recording

        self.fetch([listed])
        return read_recording(self._raw, self._lock_or_refuse().recording(listed.name))

    @property
    def _raw(self) -> Path:
        from ..provenance.origin import linked_raw

        return linked_raw(self.root)

    @cached_property
    def _lock(self) -> Lock | None:
        from ..provenance.origin import read_origin

        try:
            return read_origin(self.root, any_version=True).lock
        except DerivativeError:  # files cleaned one by one have no lock
            return None

    def _lock_or_refuse(self) -> Lock:
        if self._lock is None:
            msg = f"'{self.root}' does not say which raw files it was made from: it has no code/lock.json."
            raise DerivativeError(msg)
        return self._lock


def _files_of_subjects(root: Path) -> Iterator[str]:
    """Names of all files in the folders of subjects; a glob takes three times as long."""
    with os.scandir(root) as folders:
        for folder in folders:
            if folder.name.startswith("sub-"):
                yield from (name for _, _, names in os.walk(folder.path) for name in names)


def is_derivative(root: Path) -> bool:
    """Whether a BIDS folder says that it is a derivative."""
    from ..reading.sidecars import read_json_object

    return str(read_json_object(root / "dataset_description.json").get("DatasetType", "")).lower() == "derivative"


def _listed(file: BidsName, people: Mapping[str, Mapping[str, Any]]) -> Listed:
    name = recording_of(file.path)
    return Listed(name, file.path, people.get(f"sub-{file.entities.get('sub')}", {}))
