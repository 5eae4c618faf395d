"""A derivative made again in the present environment and in another one: which step differs first, and by how much."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from ...bids.paths import DerivativePaths
from ...errors import DerivativeError
from ...inputs.fetch.recording import fetch_recording
from ...lock import LockedRecording
from ...models import Frozen
from ...provenance.compare import Tier
from ...provenance.origin import Origin, linked_raw, read_origin, read_record
from ...provenance.verify import choose
from .decisions import differences
from .environment import Elsewhere, install
from .libraries import LibraryChange, installed_libraries, library_changes
from .steps import StepComparison, compare_steps
from .trace import TracedStep

ENVIRONMENT = "environment"
"""Folder in the scratch folder that a lock is installed to."""


class RecordingComparison(Frozen):
    """One recording in both environments."""

    recording: str
    steps: tuple[StepComparison, ...]
    not_as_recorded: str = ""
    """Where the present environment decides otherwise than the derivative's record says; empty if nowhere."""

    @property
    def tier(self) -> Tier:
        """That of the least equal step."""
        return max((step.tier for step in self.steps), key=lambda tier: tier.rank)

    def first(self, *tiers: Tier) -> StepComparison | None:
        """The first step that came out so; None if none did."""
        return next((step for step in self.steps if step.tier in tiers), None)

    @property
    def lines(self) -> list[str]:
        """One line for the recording, then one for each step that is not the same."""
        beyond, other = self.first(Tier.DIFFERENT), self.first(Tier.CONTENT, Tier.NUMBERS, Tier.DIFFERENT)
        told = [f"the same bits behind all {len(self.steps)} steps"] if other is None else []
        told += [f"first other bits: step {other.number} ({other.name})"] if other else []
        told += [f"first beyond the bounds: step {beyond.number} ({beyond.name})"] if beyond else []
        told += [f"not as recorded even here: {self.not_as_recorded}"] if self.not_as_recorded else []
        return [f"{self.recording}  {self.tier.value}: {'; '.join(told)}", *self._steps()]

    def _steps(self) -> list[str]:
        return [step.line for step in self.steps if step.tier is not Tier.BITS]


class VersionsReport(Frozen):
    """What other versions of libraries change in a derivative."""

    derivative: str
    other: str
    """The lock, or the Python, that was asked for."""
    libraries: tuple[LibraryChange, ...]
    """Those that both environments have, in other versions."""
    only_here: tuple[str, ...]
    only_there: tuple[str, ...]
    recordings: tuple[RecordingComparison, ...]
    not_compared: tuple[str, ...]

    @property
    def equal(self) -> bool:
        """Whether every recording that was compared came out equal within the bounds, with the same decisions."""
        return all(item.tier is not Tier.DIFFERENT for item in self.recordings)

    @property
    def summary(self) -> str:
        """One sentence, which never says more than was compared."""
        made, whole = len(self.recordings), len(self.recordings) + len(self.not_compared)
        counts = {tier: sum(item.tier is tier for item in self.recordings) for tier in Tier}
        told = ", ".join(f"{count} {tier.value}" for tier, count in counts.items() if count) or "nothing to compare"
        return f"{self.derivative} with '{self.other}': {made} of {whole} recordings made again: {told}."

    def lines(self) -> list[str]:
        """What to show: recordings with their steps, libraries, summary."""
        told = [line for item in self.recordings for line in item.lines]
        told += [f"library: {item.name} {item.here} here, {item.there} there" for item in self.libraries]
        told += [] if self.libraries else ["library: the same versions in both"]
        for where, names in (("here", self.only_here), ("there", self.only_there)):
            told += [f"library: only {where}: {', '.join(names)}"] if names else []
        return [*told, self.summary]


def verify_versions(
    derivative: Path,
    *,
    lock: Path | None = None,
    python: Path | None = None,
    recordings: Sequence[str] = (),
    sample: int | None = None,
    raw: Path | None = None,
    scratch: Path | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> VersionsReport:
    """Make recordings again, here and in another environment, and compare them after every step.

    Parameters
    ----------
    lock
        A requirements file, which is installed for it in a temporary folder.
    python
        Without a lock: the interpreter of an environment that is there.
    recordings, sample, raw
        As for `eegmill.provenance.verify.verify`.
    scratch
        Where environment and traces lie for the time; a temporary folder by default. It is emptied.
    progress
        Called with what is done next.

    Raises
    ------
    DerivativeError
        If the folder is no derivative of eegmill, does not have a recording named, or the lock does not install.
    ConfigurationError
        If eegmill does not run in the other environment.
    """
    origin = read_origin(derivative, any_version=True)
    chosen = choose(derivative, origin, recordings=recordings, sample=sample)
    with _environments(lock, python, scratch, progress) as (here, there, folder):
        job = _Job(derivative.resolve(), origin, raw or linked_raw(derivative), folder, here, there)
        ours, theirs = installed_libraries().versions, there.libraries().versions
        compared = []
        for entry in chosen:
            progress(entry.recording)
            compared.append(job.compare(entry))
    names = {entry.recording for entry in chosen}
    return VersionsReport(
        derivative=derivative.resolve().name,
        other=str(lock.name if lock else python),
        libraries=library_changes(ours, theirs),
        only_here=_only(ours, theirs),
        only_there=_only(theirs, ours),
        recordings=tuple(compared),
        not_compared=tuple(entry.recording for entry in origin.lock.recordings if entry.recording not in names),
    )


def _only(first: Mapping[str, str], second: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(sorted(first.keys() - second.keys()))


@contextmanager
def _environments(
    lock: Path | None, python: Path | None, scratch: Path | None, progress: Callable[[str], None]
) -> Iterator[tuple[Elsewhere, Elsewhere, Path]]:
    """The present environment, the other one, and a folder, all of which are gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="eegmill-versions-", dir=scratch, ignore_cleanup_errors=True) as name:
        folder = Path(name)
        if lock is not None:
            progress(f"installing {lock.name}")
            python = install(lock, folder / ENVIRONMENT)
        here = Elsewhere(Path(sys.executable), folder, keep_path=True)
        yield here, Elsewhere(python or Path(sys.executable), folder), folder


class _Job:
    """Recordings of one derivative, made in two environments."""

    def __init__(
        self, derivative: Path, origin: Origin, raw: Path, folder: Path, here: Elsewhere, there: Elsewhere
    ) -> None:
        self.derivative, self.origin, self.raw, self.folder = derivative, origin, raw, folder
        self.here, self.there = here, there

    def compare(self, entry: LockedRecording) -> RecordingComparison:
        """Make one recording in both, and compare; the arrays of both are gone behind it.

        Raises
        ------
        DerivativeError
            If the present environment cannot make it.
        """
        with tempfile.TemporaryDirectory(prefix="recording-", dir=self.folder) as name:
            place = Path(name)
            raw_root = self._raw(entry, place)
            ours, theirs = (
                environment.trace(
                    self.derivative, entry.recording, raw_root=raw_root, out=place / f"{where}.jsonl", arrays=place
                )
                for where, environment in (("here", self.here), ("there", self.there))
            )
            self._refuse_failed(entry.recording, ours)
            steps = compare_steps(ours, theirs, arrays=place)
        told = self._not_as_recorded(entry, ours)
        return RecordingComparison(recording=entry.recording, steps=steps, not_as_recorded=told)

    def _raw(self, entry: LockedRecording, place: Path) -> Path:
        """Where the raw files are; they are fetched if they are not in the raw dataset."""
        if (self.raw / entry.raw).is_file():
            return self.raw.resolve()
        fetch_recording(self.origin.lock, entry.recording, place / "raw")
        return place / "raw"

    def _refuse_failed(self, recording: str, steps: Sequence[TracedStep]) -> None:
        last = steps[-1]
        if last.ended and not last.rejected:
            msg = f"'{recording}' cannot be made in the present environment: step '{last.name}': {last.ended}."
            raise DerivativeError(msg)

    def _not_as_recorded(self, entry: LockedRecording, ours: Sequence[TracedStep]) -> str:
        """The first step of the present environment that the record tells otherwise; empty if there is none."""
        try:
            recorded = read_record(self.derivative / DerivativePaths(entry.recording).record).steps
        except DerivativeError as error:  # of another version of eegmill, say: the two environments are compared still
            return str(error)
        made = [step for step in ours[1:] if not step.ended]
        for step, now in zip(recorded, made, strict=False):
            found = next(differences(step.decisions, now.decisions), None)
            if found is not None:
                return f"step '{now.name}', {found.place}"
        return "" if len(recorded) == len(made) else f"{len(recorded)} steps recorded, {len(made)} made"
