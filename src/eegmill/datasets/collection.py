"""What a `Dataset` takes its recordings from: a catalogue, a BIDS folder or a derivative, each a `Collection`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from ..bids.names import entities_of
from ..errors import ConfigurationError
from ..files.tables import is_missing, read_tsv

if TYPE_CHECKING:
    from ..inputs.fetch.progress import Progress
    from ..recording import Recording
    from .run import Run

ENTITIES = {"sub": "subject", "ses": "session", "task": "task", "acq": "acquisition", "run": "run"}
"""What BIDS entities are called in a description; others keep their key."""
ALWAYS = ("subject", "session", "task", "run")
"""Entities that every description has, None where the recording has none."""


@dataclass(frozen=True)
class Listed:
    """One recording of a collection, as a catalogue or a folder tells of it: its signal is not looked at."""

    name: str
    """The BIDS name without suffix and extension."""
    path: str
    """Of the raw file, or of the header of the cleaned signal, relative to its dataset."""
    participant: Mapping[str, Any] = field(default_factory=dict)
    """The subject's row of ``participants.tsv``."""

    def description(self, dataset: str) -> dict[str, Any]:
        """Dataset, entities, and columns of ``participants.tsv`` that are not called like one of these."""
        entities = {
            ENTITIES.get(key, key): value for key, value in entities_of(PurePosixPath(self.path).name)[0].items()
        }
        own = {"dataset": dataset, **dict.fromkeys(ALWAYS), **entities}
        own.pop("desc", None)  # that of a cleaned signal
        return {**own, **{name: value for name, value in self.participant.items() if name not in own}}


class Collection(ABC):
    """Recordings of one dataset.

    Attributes
    ----------
    dataset
        Its ID.
    listed
        Its recordings, sorted by path.
    left_out
        Recordings that are there and cannot be taken, by name, each with the reason.
    """

    dataset: str
    listed: tuple[Listed, ...]
    left_out: Mapping[str, str]

    @property
    @abstractmethod
    def address(self) -> str:
        """What tells the collection apart from others, for people to read."""

    @property
    @abstractmethod
    def run(self) -> Run | None:
        """The run of the workflow that cleans the recordings; None if there is none."""

    @property
    @abstractmethod
    def derivative(self) -> Path:
        """Folder of the cleaned recordings, whether they are there or not."""

    @abstractmethod
    def document(self, listed: Listed) -> dict[str, Any]:
        """The catalogue's document of a recording."""

    @abstractmethod
    def fetch(self, listed: Sequence[Listed], *, progress: Progress | None = None) -> None:
        """Bring raw files to this machine, unless they are here.

        Parameters
        ----------
        progress
            Told what is to come and what came.

        Raises
        ------
        SourceError
            If one cannot be had; says which and why.
        """

    @abstractmethod
    def read(self, listed: Listed) -> Recording:
        """Read a raw recording, with its files brought first.

        Raises
        ------
        SourceError
            If a file cannot be had.
        RecordingError
            If one cannot be read.
        """


def participants_of(root: Path) -> dict[str, dict[str, Any]]:
    """Rows of ``participants.tsv`` by participant."""
    table = root / "participants.tsv"
    rows = read_tsv(table) if table.is_file() else []
    return {row.get("participant_id", ""): participant_of(row) for row in rows}


def participant_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of ``participants.tsv`` with numbers as numbers, and what is missing as None.

    Examples
    --------
    >>> participant_of({"participant_id": "sub-01", "age": "23", "sex": "n/a", "site": 3})
    {'age': 23, 'sex': None, 'site': 3}
    """
    return {name: _value(cell) for name, cell in row.items() if name and name != "participant_id"}


def _value(cell: Any) -> Any:
    from ..catalog.ingest.signal import cell_value

    if not isinstance(cell, str):
        return cell
    return None if is_missing(cell) else cell_value(cell)


def refuse_empty(listed: Sequence[Listed], where: str, left_out: Mapping[str, str]) -> None:
    """Raise if there is no recording at all."""
    if not listed:
        reasons = "".join(f" {reason}" for reason in list(left_out.values())[:3])
        msg = f"{where} has no recordings.{reasons}"
        raise ConfigurationError(msg)


def named_once(listed: Sequence[Listed]) -> tuple[tuple[Listed, ...], dict[str, str]]:
    """The recordings whose name is theirs alone, sorted by path; and the others, with the reason."""
    by_name: dict[str, list[Listed]] = {}
    for one in sorted(listed, key=lambda one: one.path):
        by_name.setdefault(one.name, []).append(one)
    shared = {name: alike for name, alike in by_name.items() if len(alike) > 1}
    reasons = {name: _why_not(alike) for name, alike in shared.items()}
    return tuple(alike[0] for name, alike in by_name.items() if name not in shared), reasons


def _why_not(alike: Sequence[Listed]) -> str:
    paths = " and ".join(f"'{one.path}'" for one in alike)
    endings = sorted({PurePosixPath(one.path).suffix for one in alike})
    if len(endings) == 1:
        return f"{paths} have one name in several folders."
    return f"{paths} are one recording in {len(alike)} forms: choose one by query={{'extension': '{endings[-1]}'}}."
