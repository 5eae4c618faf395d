"""Who is in a cohort: cleaned recordings, whose they are, and the digests of their files."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from ..bids.names import entities_of
from ..bids.paths import DerivativePaths
from ..derivative.read import cleaned_recordings
from ..errors import ConfigurationError, DerivativeError
from ..files.tables import read_tsv
from ..models import Frozen
from ..provenance.differences import input_digests
from ..provenance.digests import sha256_file
from ..provenance.origin import refuse_foreign
from .configuration import Cohort, Selected
from .splits import Leak

SUBJECT = "participant_id"


class Member(Frozen):
    """One cleaned recording of a cohort."""

    derivative: str
    """Folder."""
    dataset: str
    recording: str
    entities: dict[str, str]
    person: dict[str, str]
    """The row of the person in the table of participants."""
    sha256: dict[str, str]
    """Of the files that hold signal, channels and events, by name."""
    raw_sha256: tuple[str, ...] = ()
    """Of the raw files that hold the signal it was made of, as far as its provenance names them."""

    @property
    def subject(self) -> str:
        """Whom the recording belongs to: subjects of one label in two datasets are two people."""
        return f"{_same_dataset(self.dataset)}/sub-{self.entities['sub']}"

    @property
    def signal_sha256(self) -> str:
        """Of the samples."""
        return self.sha256[DerivativePaths(self.recording).signal_data.name]

    @property
    def name(self) -> str:
        """Unique among the recordings of a cohort."""
        return f"{self.dataset}/{self.recording}"


def members_of(name: str, cohort: Cohort) -> tuple[Member, ...]:
    """The recordings of a cohort, by dataset and name.

    Raises
    ------
    ConfigurationError
        If nothing is selected, or a table lacks its people.
    DerivativeError
        If a folder is no derivative of eegmill.
    Leak
        If one recording is in it twice: it could be trained on and tested.
    """
    found = [member for folder in cohort.derivatives for member in _of_derivative(Path(folder), cohort)]
    if not found:
        msg = f"Cohort '{name}' has no cleaned recording that 'select' lets through: {', '.join(cohort.derivatives)}."
        raise ConfigurationError(msg)
    _refuse_twice(name, found)
    return tuple(sorted(found, key=lambda member: member.name))


def _of_derivative(folder: Path, cohort: Cohort) -> Iterator[Member]:
    refuse_foreign(folder)
    dataset = _dataset_of(folder)
    people = _people(folder, cohort.participants)
    for recording in cleaned_recordings(folder):
        entities = entities_of(f"{recording}_eeg")[0]
        if _is_selected(entities, cohort.select):
            yield Member(
                derivative=str(folder),
                dataset=dataset,
                recording=recording,
                entities=dict(entities),
                person=people.get(f"sub-{entities['sub']}", {}),
                sha256=_digests(folder, recording),
                raw_sha256=_raw_digests(folder, recording),
            )


def _dataset_of(derivative: Path) -> str:
    """The dataset that a derivative was made of; where it has no lock, its own name."""
    lock = derivative / "code" / "lock.json"
    return str(json.loads(lock.read_bytes())["dataset"]) if lock.is_file() else derivative.resolve().name


def _same_dataset(dataset: str) -> str:
    """OpenNeuro's name of a dataset: NEMAR calls ``ds002718`` ``on002718``, and the people are the same."""
    return re.sub(r"^on(\d{6})$", r"ds\1", dataset)


def _people(derivative: Path, table: str | None) -> dict[str, dict[str, str]]:
    path = Path(table) if table else derivative / "participants.tsv"
    if table and not path.is_file():
        msg = f"The table of participants '{table}' does not exist."
        raise ConfigurationError(msg)
    rows = read_tsv(path) if path.is_file() else []
    if rows and SUBJECT not in rows[0]:
        msg = f"'{path.name}' has no column '{SUBJECT}'; it has: {', '.join(rows[0])}."
        raise ConfigurationError(msg)
    return {row[SUBJECT]: row for row in rows}


def _is_selected(entities: dict[str, str], select: Selected) -> bool:
    wanted: dict[str, tuple[Any, ...]] = {
        "sub": select.subject,
        "ses": select.session,
        "task": select.task,
        "run": select.run,
    }
    return all(not labels or entities.get(key) in labels for key, labels in wanted.items())


def _digests(derivative: Path, recording: str) -> dict[str, str]:
    paths = (derivative / path for path in DerivativePaths(recording).companions)
    return {path.name: sha256_file(path) for path in paths if path.is_file() and path.suffix != ".json"}


def _raw_digests(derivative: Path, recording: str) -> tuple[str, ...]:
    try:
        found = input_digests(derivative, recording)
    except DerivativeError:
        return ()
    return tuple(sorted(digest for path, digest in found.items() if digest and _has_samples(PurePosixPath(path))))


def _has_samples(path: PurePosixPath) -> bool:
    """Whether a raw file may hold samples, which no two recordings share: no sidecar, no header."""
    return path.name.startswith("sub-") and path.suffix not in (".tsv", ".json", ".vhdr", ".vmrk")


def _refuse_twice(name: str, members: Iterable[Member]) -> None:
    places = defaultdict(list)
    for member in members:
        places[f"{_same_dataset(member.dataset)}/{member.recording}"].append(member)
        for digest in {member.signal_sha256, *member.raw_sha256}:
            places[digest].append(member)
    for same in places.values():
        if len(same) > 1:
            both = " and ".join(f"'{one.recording}' in '{one.derivative}'" for one in same[:2])
            msg = f"Cohort '{name}' has one recording twice: {both}. Compare recipes as two cohorts."
            raise Leak(msg)
