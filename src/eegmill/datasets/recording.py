"""One recording of a `Dataset`: what is known of it at once, its signals when they are wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any

from ..errors import ConfigurationError, DerivativeError, RecordingError, Rejected
from .collection import Collection, Listed
from .names import nearest
from .once import Once
from .run import ONE_AT_A_TIME

if TYPE_CHECKING:
    import mne

    from ..derivative.windows import CleanedFiles
    from ..recording import Recording
    from ..records import RecordingRecord

KEPT_SIGNALS = 2
"""Recordings that a dataset keeps in memory, the last used: who asks for one again is given a copy at once."""


@dataclass
class Signals:
    """Recordings of a dataset that were read last, shared by all threads."""

    read: Once[Recording] = field(default_factory=lambda: Once(KEPT_SIGNALS))


class DatasetRecording:
    """A recording that is not read before its signal is asked for.

    Attributes
    ----------
    name
        The BIDS name without suffix and extension: ``sub-01_task-rest``.
    description
        Dataset, entities (``subject``, ``session``, ``task``, ``run``, …) and the subject's columns of
        ``participants.tsv`` (``age``, ``sex``, …). ``recording["age"]`` is short for ``recording.description["age"]``.

    Every call gives an object of its own: who changes it disturbs nobody.
    """

    def __init__(self, collection: Collection, listed: Listed, signals: Signals) -> None:
        self._collection, self._listed, self._signals = collection, listed, signals
        self.name = listed.name
        self.description = listed.description(collection.dataset)

    @property
    def dataset(self) -> str:
        """ID of the dataset."""
        return str(self.description["dataset"])

    @property
    def subject(self) -> str | None:
        """Label of the subject."""
        return self._entity("subject")

    @property
    def session(self) -> str | None:
        """Label of the session; None where there is none."""
        return self._entity("session")

    @property
    def task(self) -> str | None:
        """Label of the task."""
        return self._entity("task")

    @property
    def run(self) -> str | None:
        """Label of the run; None where there is none."""
        return self._entity("run")

    @property
    def path(self) -> str:
        """Of the raw file, or of the header of the cleaned signal, relative to the dataset."""
        return self._listed.path

    @property
    def document(self) -> dict[str, Any]:
        """The record that a catalogue has of it: channels, sampling rate, files and so on, as EEGDash calls them."""
        return self._collection.document(self._listed)

    @property
    def notes(self) -> tuple[str, ...]:
        """What was repaired, guessed or left out as the raw files were read."""
        return self._read().notes

    def raw(self) -> mne.io.BaseRaw:
        """The raw signal, with channels, events and positions of its sidecars; fetched first if it is not here.

        Returns
        -------
        mne.io.BaseRaw
            Preloaded, in volts; channels that the source calls bad are marked so.

        Raises
        ------
        SourceError
            If a file cannot be had.
        RecordingError
            If it cannot be read.
        """
        return self._read().raw.copy()

    def cleaned(self, *, clean: bool = False) -> mne.io.BaseRaw:
        """The cleaned signal.

        Parameters
        ----------
        clean
            Whether it is made if it is not there: by the workflow, as the command line does.

        Raises
        ------
        DerivativeError
            If it is not there; says what to type to make it. Or if it cannot be made.
        Rejected
            If the recording was found unusable; says why.
        """
        from ..derivative.read import read_cleaned

        self._require_cleaned(clean=clean)
        folder = self._collection.derivative
        read = self._once("cleaned", lambda: read_cleaned(folder, self.name))
        return read.raw.copy()

    def cleaned_files(self, *, clean: bool = False) -> CleanedFiles:
        """Tables and file of the cleaned signal, for what needs no more than parts of it; as `cleaned`."""
        from ..derivative.windows import CleanedFiles

        self._require_cleaned(clean=clean)
        return CleanedFiles(self._collection.derivative, self.name)

    def epochs(self, *, clean: bool = False) -> mne.BaseEpochs:
        """Epochs of the cleaned signal, if its recipe or configuration cuts some; as `cleaned`."""
        from ..derivative.read import read_epochs

        self._require_cleaned(clean=clean)
        with _explained(self.name):
            return read_epochs(self._collection.derivative, self.name)

    @property
    def record(self) -> RecordingRecord | None:
        """What cleaning decided, step by step; None where the recording was not cleaned yet."""
        from ..bids.paths import DerivativePaths
        from ..provenance.origin import read_record

        path = self._collection.derivative / DerivativePaths(self.name).record
        return read_record(path) if path.is_file() else None

    @property
    def command(self) -> str:
        """What is typed to clean it; empty where a derivative is all there is, or options cannot say it."""
        run = self._collection.run
        return run.command(self.description) if run else ""

    def fetch(self) -> None:
        """Bring its raw files, unless they are here.

        Raises
        ------
        SourceError
            If one cannot be had.
        """
        self._collection.fetch([self._listed])

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells it apart from all others: where it is from, its dataset and its path."""
        return self._collection.address, self.dataset, self.path

    def __getitem__(self, name: str) -> Any:
        if name not in self.description:
            msg = f"'{self.name}' has no '{name}'; {nearest(name, list(self.description))}"
            raise ConfigurationError(msg)
        return self.description[name]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DatasetRecording) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)

    def __repr__(self) -> str:
        facts = [f"{name} {value}" for name, value in self._listed.participant.items() if value is not None]
        return f"<{self.name} of {self.dataset}{': ' if facts else ''}{', '.join(facts)}>"

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><th>{escape(name)}</th><td>{escape(str(value))}</td></tr>"
            for name, value in self.description.items()
            if value is not None
        )
        return f"<table><caption>{escape(self.name)}</caption>{rows}</table>"

    def _entity(self, name: str) -> str | None:
        value = self.description[name]
        return None if value is None else str(value)

    def _read(self) -> Recording:
        return self._once("raw", lambda: self._collection.read(self._listed))

    def _once(self, kind: str, read: Callable[[], Recording]) -> Recording:
        with _explained(self.name):
            return self._signals.read.get((kind, self.key), read)

    def _require_cleaned(self, *, clean: bool) -> None:
        record = self.record
        if record is None and clean:
            self._make()
            record = self.record
        if record is None:
            raise DerivativeError(self._missing())
        if record.status != "ok":
            msg = f"'{self.name}' of '{self.dataset}' was {record.status}: {record.reason}"
            raise Rejected(msg) if record.status == "rejected" else DerivativeError(msg)

    def _make(self) -> None:
        run = self._collection.run
        with ONE_AT_A_TIME:
            if run is not None and self.record is None:  # who waited finds it made
                run.clean([self.name])

    def _missing(self) -> str:
        folder, command = self._collection.derivative, self.command
        if self._collection.run is None:
            return f"The derivative '{folder}' has no cleaned recording '{self.name}'."
        remedy = f"'{command}' makes it, or clean=True" if command else "clean=True makes it"
        return f"'{self.name}' of '{self.dataset}' is not cleaned in '{folder}': {remedy}."


@contextmanager
def _explained(name: str) -> Iterator[None]:
    """Tell of a file that may not be read, or is gone, in one sentence."""
    from ..files.os_errors import explain

    try:
        yield
    except OSError as error:
        cause = explain(error) or f"'{error.filename or name}' cannot be read ({error.strerror or error})."
        msg = f"'{name}': {cause}"
        raise RecordingError(msg) from error
