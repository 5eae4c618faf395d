"""How far a run is: read from locks, receipts and failures alone, while it runs and after.

No digest is computed, and nothing of the configuration is needed but the output folder: of each recording the newest
word counts.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from ..bids.paths import PREPROC, DerivativePaths
from ..errors import ConfigurationError
from ..models import Frozen
from ..records import Status
from .layout import Layout
from .outcomes import JOBS, NOT_RUN
from .receipts import NAME
from .stages import last_of

MAX_NAMED = 5
STALE = "settings, code or raw files have changed, and the next run makes them again"
LOCK = ".lock.json"
STATUSES: tuple[Status, ...] = ("ok", "rejected", "failed", "refused", "pending")


class Reason(Frozen):
    """Why recordings of a dataset have no clean signal."""

    status: Status
    stage: str
    reason: str
    recordings: tuple[str, ...]
    """Empty where it concerns the dataset as a whole."""


class DatasetStatus(Frozen):
    """How far one dataset is, with one recipe."""

    dataset: str
    recipe: str
    """Empty where nothing was cleaned yet."""
    counts: dict[Status, int]
    hours: float
    """Of clean signal."""
    bytes: int
    """Of derivatives."""
    reasons: tuple[Reason, ...]
    """The most frequent first."""
    out_of_date: int | None = None
    """Clean recordings of which the next run would make something else; None where that is not known."""
    missing: dict[str, float] = {}
    """Share of the promised samples that are not there, by recording; those that lack none are left out."""
    failed_pages: str = ""
    """Folder with the pages of what failed, below the output folder; empty before a run has ended."""


class _Word(Frozen):
    """The newest that is known of one recording."""

    recording: str
    status: Status
    stage: str = ""
    reason: str = NOT_RUN
    hours: float = 0.0
    bytes: int = 0


def run_status(output: Path, recipe: str = "") -> list[DatasetStatus]:
    """How far each dataset in an output folder is, for one recipe or for each that there is.

    Raises
    ------
    ConfigurationError
        If the folder is no output folder of a run.
    """
    return [status for dataset in datasets_in(output) for status in dataset_status(output, dataset, recipe)]


def datasets_in(output: Path) -> list[str]:
    """Datasets of an output folder: those with a lock, and those that could not be resolved.

    Raises
    ------
    ConfigurationError
        If there is none: the folder is no output folder of a run.
    """
    locked = {path.name.removesuffix(LOCK) for path in (output / "locks").glob(f"*{LOCK}")}
    failed = {path.parents[1].name for path in (output / "work").glob("*/resolve/*.failure.json")}
    if not locked | failed:
        msg = f"'{output}' holds no locks: it is no output folder of a run, or nothing was resolved yet."
        raise ConfigurationError(msg)
    return sorted(locked | failed)


def dataset_status(output: Path, dataset: str, recipe: str = "") -> tuple[DatasetStatus, ...]:
    """How far one dataset is, for one recipe or for each that there is."""
    content = _json(Layout(output, dataset, recipe).lock)
    receipts = _Receipts(Layout(output, dataset, recipe))
    recipes = [recipe] if recipe else receipts.recipes or [""]
    refused = [
        _Word(recording=one["recording"], status="refused", stage="resolve", reason=one["reason"])
        for one in content.get("refused", ())
    ]
    return tuple(
        _summed(
            receipts, name, [*(receipts.word(entry["recording"], name) for entry in _recordings(content)), *refused]
        )
        for name in recipes
    )


def lines(found: Iterable[DatasetStatus]) -> list[str]:
    """The same as lines to show: counts, then reasons."""
    rows = list(found)
    told = []
    for row in rows:
        counts = ", ".join(f"{row.counts[status]} {status}" for status in STATUSES if row.counts.get(status))
        name = f"{row.dataset} ({row.recipe})" if row.recipe else row.dataset
        told.append(f"{name}: {counts or 'no recordings'}; {row.hours:.2f} h clean, {row.bytes / 1e6:.1f} MB")
        told += further(row)
        for reason in row.reasons:
            who = _who(reason.recordings)
            told.append(f"  {who}: {reason.status}: {': '.join(filter(None, (reason.stage, reason.reason)))}")
    if len(rows) > 1:
        told.append(summed_line(rows))
    return told


def further(row: DatasetStatus) -> list[str]:
    """What counts do not tell: recordings that are out of date, and those that lack samples."""
    told = [f"  out of date: {row.out_of_date}: {STALE}"] if row.out_of_date else []
    if row.missing:
        worst = sorted(row.missing.items(), key=lambda item: -item[1])
        named = ", ".join(f"{recording} {100 * share:.3g} %" for recording, share in worst[:MAX_NAMED])
        more = f" and {len(worst) - MAX_NAMED} more" if len(worst) > MAX_NAMED else ""
        told.append(f"  lack samples that their headers promise: {named}{more}")
    if row.failed_pages:
        told.append(f"  what was looked at of those that failed, and the end of each log: {row.failed_pages}")
    return told


def summed_line(rows: Sequence[DatasetStatus]) -> str:
    """All datasets in one line."""
    total = sum((Counter(row.counts) for row in rows), Counter())
    counts = ", ".join(f"{total[name]} {name}" for name in STATUSES if total[name]) or "no recordings"
    hours, size = sum(row.hours for row in rows), sum(row.bytes for row in rows)
    names = {row.dataset for row in rows}
    return f"{len(names)} datasets: {counts}; {hours:.2f} h clean, {size / 1e6:.1f} MB"


def _who(recordings: Sequence[str]) -> str:
    if not recordings:
        return "the dataset"
    return recordings[0] if len(recordings) == 1 else f"{len(recordings)} recordings"


def _recordings(lock: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    entries: Iterable[Mapping[str, Any]] = lock.get("recordings", ())
    return entries


def _summed(receipts: _Receipts, recipe: str, words: Iterable[_Word]) -> DatasetStatus:
    listed = list(words)
    reasons: defaultdict[tuple[Status, str, str], list[str]] = defaultdict(list)
    if receipts.unresolved:
        reasons["failed", "resolve", receipts.unresolved] = []
    for word in listed:
        if word.status != "ok":
            reasons[word.status, word.stage, word.reason].append(word.recording)
    by_frequency = sorted(reasons.items(), key=lambda item: (bool(item[1]), -len(item[1]), item[0]))
    return DatasetStatus(
        dataset=receipts.layout.dataset,
        recipe=recipe,
        counts=dict(Counter(word.status for word in listed)),
        hours=round(sum(word.hours for word in listed), 4),
        bytes=sum(word.bytes for word in listed),
        reasons=tuple(
            Reason(status=status, stage=stage, reason=reason, recordings=tuple(names))
            for (status, stage, reason), names in by_frequency
        ),
        failed_pages=_failed_pages(Layout(receipts.layout.output, receipts.layout.dataset, recipe), listed),
    )


def _failed_pages(layout: Layout, words: Sequence[_Word]) -> str:
    pages = (layout.page_of_failure(word.recording) for word in words if word.status == "failed")
    found = next(filter(None, pages), None)
    return found.parent.relative_to(layout.output).as_posix() if found else ""


@dataclass(frozen=True)
class _Receipts:
    """What lies in the work folder of one dataset: listed once, read once."""

    layout: Layout

    @cached_property
    def _clean(self) -> Mapping[str, list[Path]]:
        return self._listed("clean", failures=False)

    @cached_property
    def _failures(self) -> Mapping[str, list[Path]]:
        found: defaultdict[str, list[Path]] = defaultdict(list)
        for job in JOBS:
            for name, paths in self._listed(last_of(job), failures=True).items():
                found[name] += paths
        return found

    @cached_property
    def unresolved(self) -> str:
        """Why the dataset could not be resolved; empty where its lock is newer than the last failure."""
        paths = [path for found in self._listed("resolve", failures=True).values() for path in found]
        newest = max(paths, key=_changed_ns, default=None)
        if newest is None or _changed_ns(newest) < _changed_ns(self.layout.lock):
            return ""
        return str(_json(newest).get("reason", "its record cannot be read"))

    @cached_property
    def recipes(self) -> list[str]:
        """Recipes that anything was done with."""
        paths = [path for found in (*self._clean.values(), *self._failures.values()) for path in found]
        return sorted({str(_json(path).get("recipe", "")) for path in paths} - {""})

    def word(self, recording: str, recipe: str) -> _Word:
        """The newest failure of a recording, of this recipe or of all, else its newest receipt.

        Whatever a clock says, a failure is the last word: it goes when its recording is done.
        """
        words = (self._failures.get(recording, ()), self._clean.get(recording, ()))
        for path in (path for paths in words for path in sorted(paths, key=_changed_ns, reverse=True)):
            content = _json(path)
            if content and content.get("recipe", "") in {recipe, ""}:
                return self._failed(recording, content) if _is_failure(path) else self._cleaned(recording, content)
        return _Word(recording=recording, status="pending")

    def _failed(self, recording: str, content: Mapping[str, Any]) -> _Word:
        status: Status = "pending" if content.get("cause") == "cancelled" else "failed"
        stage, reason = str(content.get("stage", "")), str(content.get("reason", "its record cannot be read"))
        return _Word(recording=recording, status=status, stage=stage, reason=reason)

    def _cleaned(self, recording: str, content: Mapping[str, Any]) -> _Word:
        files = content.get("files", ())
        layout = Layout(self.layout.output, self.layout.dataset, content.get("recipe", ""))
        size = sum(int(file["size"]) for file in files)
        if content.get("status") == "rejected":
            reason = str(_json(layout.qc(recording)).get("reason", "its record is missing"))
            return _Word(recording=recording, status="rejected", stage="clean", reason=reason, bytes=size)
        sidecar = layout.derivative / DerivativePaths(recording).file(PREPROC, "eeg.json")
        hours = float(_json(sidecar).get("RecordingDuration", 0)) / 3600
        return _Word(recording=recording, status="ok", hours=hours, bytes=size)

    def _listed(self, stage: str, *, failures: bool) -> Mapping[str, list[Path]]:
        folder = self.layout.work / stage
        found: defaultdict[str, list[Path]] = defaultdict(list)
        for path in folder.glob("*.json") if folder.is_dir() else ():
            if _is_failure(path) == failures:
                found[NAME.sub("", path.name)].append(path)
        return found


def _is_failure(path: Path) -> bool:
    return path.name.endswith(".failure.json")


def _changed_ns(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:  # a run goes on meanwhile
        return 0


def _json(path: Path) -> Mapping[str, Any]:
    """What a file holds; nothing where a run has just taken it away, or a node died as it was written."""
    try:
        content = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}
