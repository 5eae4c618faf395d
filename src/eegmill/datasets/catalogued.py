"""Recordings that a catalogue knows: the shipped one, or a metadata API. Raw files are fetched when they are wanted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..bids.names import recording_of
from ..catalog.discovery import EMBEDDED, dataset_document
from ..catalog.documents.fields import texts
from ..catalog.ingest.shipped import DATABASE, shipped_sample
from ..errors import ConfigurationError, SourceError, Unreachable
from ..files.paths import is_safe
from ..lock import Lock, LockedRecording, RefusedRecording
from ..machine import Sharing
from ..recording import Recording
from .collection import Collection, Listed, named_once, participant_of, refuse_empty
from .once import Once
from .run import Run

if TYPE_CHECKING:
    from ..inputs.fetch.progress import Progress

PUBLIC_API = "https://data.eegdash.org"
"""Who is asked for the recordings of a dataset of which the shipped catalogue has none."""
KEPT_LOCKS = 100_000


class CataloguedRecordings(Collection):
    """Recordings of one dataset in a catalogue.

    Parameters
    ----------
    run
        Where files go, and how they are cleaned.
    url, database
        The metadata API; None takes the shipped catalogue, or EEGDash's public API for the recordings of datasets that
        are shipped without.
    query
        A further MongoDB filter on the records.
    modality
        Only recordings of this modality; empty takes all.

    Raises
    ------
    UnknownDataset
        If no catalogue knows the dataset; names the nearest.
    ConfigurationError
        If it has no such recordings.
    CatalogError
        If the API cannot be asked.
    """

    def __init__(
        self, run: Run, *, url: str | None, database: str, query: Mapping[str, Any] | None, modality: str
    ) -> None:
        self.dataset, self._database = run.dataset, database
        self._url, records = _records(run.dataset, url, database, query)
        api = {} if self._url == EMBEDDED else {"api": {"url": self._url, "database": database}}
        self._run = replace(run, configuration={**api, **run.configuration})
        kept = [record for record in records if _is_of(record, modality) and record.get("bids_relpath")]
        self._records = {str(record["bids_relpath"]): record for record in kept}
        self.listed, self.left_out = named_once([_listed(path, record) for path, record in self._records.items()])
        where = f"The catalogue '{self._url}' ({database}) knows '{self.dataset}', and"
        refuse_empty(self.listed, f"{where} of {len(records)} recordings none is {modality}: it", self.left_out)
        self._locks: Once[Lock] = Once(KEPT_LOCKS)
        self._fetched: Once[Path] = Once(KEPT_LOCKS)

    @property
    def address(self) -> str:
        """The catalogue."""
        return "the shipped catalogue" if self._url == EMBEDDED else self._url

    @property
    def run(self) -> Run:
        """What cleans them."""
        return self._run

    @property
    def derivative(self) -> Path:
        """Below the raw files in the output folder, unless the configuration says otherwise."""
        return self._run.layout.derivative

    def document(self, listed: Listed) -> dict[str, Any]:
        """The record as the API gave it."""
        return dict(self._records[listed.path])

    def fetch(self, listed: Sequence[Listed], *, progress: Progress | None = None) -> None:
        """Fetch what the lock of a run pins, else what the source has now."""
        from ..inputs.fetch.many import fetch_recordings

        standing = self._run.lock
        known = {entry.recording for entry in standing.recordings} if standing else set()
        pinned = [one.name for one in listed if one.name in known]
        others = [one for one in listed if one.name not in known]
        sharing = Sharing.from_environment()
        for lock, names in ((standing, pinned), (self._lock(others), [one.name for one in others])):
            if lock is None or not names:
                continue
            done = fetch_recordings(
                lock, names, self._run.raw, cache=sharing.cache, offline=sharing.offline, progress=progress
            )
            faults = {name: outcome for name, outcome in done.items() if isinstance(outcome, Exception)}
            if faults:
                raise SourceError(_in_words(faults, len(names)))

    def read(self, listed: Listed) -> Recording:
        """Fetch it once, then read it."""
        from ..reading.recording import read_recording

        root = self._fetched.get(listed.name, lambda: self._fetch_one(listed))
        return read_recording(root, self._entry(listed))

    def _fetch_one(self, listed: Listed) -> Path:
        self.fetch([listed])
        return self._run.raw

    def _entry(self, listed: Listed) -> LockedRecording:
        standing = self._run.lock
        if standing and any(entry.recording == listed.name for entry in standing.recordings):
            return standing.recording(listed.name)
        lock = self._lock([listed])
        assert lock is not None
        return lock.recording(listed.name)

    def _lock(self, listed: Sequence[Listed]) -> Lock | None:
        """A lock of these recordings alone, made once: the source of the files is asked for what it has now."""
        key = tuple(one.name for one in listed)
        return self._locks.get(key, lambda: self._pinned(listed)) if listed else None

    def _pinned(self, listed: Sequence[Listed]) -> Lock:
        from ..inputs.resolve.locked_files import Catalogued, locked_files

        records: list[Mapping[str, Any]] = [self._records[one.path] for one in listed]
        recordings, refused = locked_files(Catalogued(self.dataset, self._document, records))
        if refused:
            raise SourceError(_refusals(refused))
        return Lock(
            dataset=self.dataset,
            api=self._url,
            database=self._database,
            filter={},
            resolved_at="",
            recordings=recordings,
        )

    @cached_property
    def _document(self) -> dict[str, Any]:
        from ..catalog.client.api import Client

        with Client(self._url, self._database) as client:
            return client.dataset(self.dataset)


def _records(
    dataset: str, url: str | None, database: str, query: Mapping[str, Any] | None
) -> tuple[str, list[dict[str, Any]]]:
    """The API that has recordings of a dataset, and its records."""
    shipped = database == DATABASE and url in (None, EMBEDDED)
    if shipped and (found := _shipped(dataset, query)):
        return EMBEDDED, found
    if url is None and shipped and Sharing.from_environment().offline:
        dataset_document(dataset)  # an unknown ID is told as such
        msg = (
            f"The shipped catalogue has no recordings of '{dataset}', and offline no metadata API is asked: name a "
            "folder that holds it, or unset EEGMILL_OFFLINE."
        )
        raise SourceError(msg)
    return url or PUBLIC_API, _asked(dataset, url or PUBLIC_API, database, query, may_be_unknown=url is None)


def _shipped(dataset: str, query: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """Records of the shipped sample, as the API in this process would give them, without starting it."""
    records = [record for record in shipped_sample()["records"] if record["dataset"] == dataset]
    if not query or not records:
        return records
    from ..catalog.documents.models import Record
    from ..catalog.stores.sqlite.records import matching

    found = matching([Record.from_value(record) for record in records], query)
    if not found:
        raise ConfigurationError(_nothing(dataset, EMBEDDED, query))
    return found


def _asked(
    dataset: str, url: str, database: str, query: Mapping[str, Any] | None, *, may_be_unknown: bool
) -> list[dict[str, Any]]:
    from ..catalog.client.api import Client

    try:
        with Client(url, database) as client:
            found = client.find({"dataset": dataset, **({"$and": [dict(query)]} if query else {})})
            if not found:
                client.dataset(dataset)  # UnknownDataset, with the nearest names
                raise ConfigurationError(_nothing(dataset, url, query))
    except Unreachable:
        if may_be_unknown:
            dataset_document(dataset)  # a mistyped ID is told as such, also without network
        raise
    return found


def _nothing(dataset: str, url: str, query: Mapping[str, Any] | None) -> str:
    if query:
        return f"The catalogue '{url}' has no recordings of '{dataset}' that match {dict(query)!r}."
    if url == EMBEDDED:
        return f"The shipped catalogue describes '{dataset}' without its recordings: use url='{PUBLIC_API}'."
    return f"The catalogue '{url}' describes '{dataset}' without any recording."


def _listed(path: str, record: Mapping[str, Any]) -> Listed:
    participant = record.get("participant_tsv")
    return Listed(recording_of(path), path, participant_of(participant if isinstance(participant, Mapping) else {}))


def _is_of(record: Mapping[str, Any], modality: str) -> bool:
    kinds = texts(record.get("recording_modality")) or texts(record.get("datatype"))
    safe = is_safe(str(record.get("bids_relpath")))
    return safe and (not modality or modality.lower() in {kind.lower() for kind in kinds})


def _in_words(faults: Mapping[str, object], count: int) -> str:
    first = next(iter(faults))
    others = f" ({len(faults)} of {count} recordings failed)" if len(faults) > 1 else ""
    return f"'{first}' cannot be fetched: {faults[first]}{others}"


def _refusals(refused: Sequence[RefusedRecording]) -> str:
    return f"'{refused[0].recording}' cannot be fetched: {refused[0].reason}"
