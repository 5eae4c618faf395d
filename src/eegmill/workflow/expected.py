"""What a run is expected to give: decisions, metrics and checksums, kept as JSON and compared after each run.

With the same libraries everything must be the same. With others the bits may differ, and metrics by a little; what was
decided may not.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal

from ..errors import ConfigurationError
from ..files.atomic import write_json
from ..models import Frozen
from ..provenance.environment import PACKAGES
from ..records import RecordingRecord, Status
from .libraries import versions
from .outcomes import outcomes
from .plan import Plan
from .receipts import read_receipt

TOLERANCE = 0.01
"""Relative, of metrics that other libraries computed."""
Metric = float | int | str | None


class ExpectedRecording(Frozen):
    """One recording."""

    status: Status
    reason: str = ""
    bad_channels: tuple[str, ...] = ()
    removed_components: tuple[int, ...] = ()
    metrics: dict[str, Metric] = {}
    files: dict[str, str] = {}
    """SHA-256 of each file, by its path in the derivative."""


class Expected(Frozen):
    """All recordings of a run."""

    expected_version: Literal["1"] = "1"
    libraries: str
    datasets: dict[str, dict[str, ExpectedRecording]]
    """By dataset, then by recording."""


def found_of(plan: Plan) -> Expected:
    """What a run has given."""
    datasets = {
        dataset: {record.recording: _found(plan, dataset, record) for record in outcomes(plan, dataset)}
        for dataset in plan.datasets
    }
    return Expected(libraries=versions(PACKAGES), datasets=datasets)


def write_expected(path: Path, found: Expected) -> None:
    """Keep what a run has given, to be expected from now on."""
    write_json(path, found.model_dump(mode="json"))


def read_expected(path: Path) -> Expected:
    """Read what is expected.

    Raises
    ------
    ConfigurationError
        If the file is missing, or nothing that ``--write-expected`` wrote.
    """
    try:
        return Expected.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        msg = f"'{path}' does not exist; 'eegmill run --write-expected {path.name}' writes it from a run."
        raise ConfigurationError(msg) from None
    except ValueError:
        msg = f"'{path}' is not what 'eegmill run --write-expected FILE' of this eegmill writes: write it again."
        raise ConfigurationError(msg) from None


def differences(expected: Expected, found: Expected) -> list[str]:
    """One line for each difference; empty where there is none that counts."""
    exact = expected.libraries == found.libraries
    lines = [] if exact else _other_libraries(expected.libraries, found.libraries)
    told = []
    for dataset in sorted({*expected.datasets, *found.datasets}):
        before, now = expected.datasets.get(dataset, {}), found.datasets.get(dataset, {})
        for name in sorted({*before, *now}):
            told += [f"{dataset} {name}: {line}" for line in _compared(before.get(name), now.get(name), exact=exact)]
    return [*lines, *told] if told else []


def _found(plan: Plan, dataset: str, record: RecordingRecord) -> ExpectedRecording:
    files = {}
    if record.status in ("ok", "rejected"):
        receipt = read_receipt(plan.receipt("clean", dataset, record.recording))
        files = {file.path: file.sha256 for file in receipt.files}
    return ExpectedRecording(
        status=record.status,
        reason=record.reason,
        bad_channels=tuple(channel.name for channel in record.bad_channels),
        removed_components=tuple(one.index for one in record.components.removed) if record.components else (),
        metrics=record.metrics,
        files=files,
    )


def _other_libraries(before: str, now: str) -> list[str]:
    changed = sorted(set(_pairs(now)) - set(_pairs(before)))
    return [f"other libraries, so bits may differ and metrics by {TOLERANCE:.0%}: {', '.join(changed)}"]


def _pairs(text: str) -> list[str]:
    words = text.split()
    return [" ".join(pair) for pair in zip(words[::2], words[1::2], strict=True)]


def _compared(before: ExpectedRecording | None, now: ExpectedRecording | None, *, exact: bool) -> Iterator[str]:
    if before is None or now is None:
        yield "is not expected" if before is None else "is expected, and not there"
        return
    for what in ("status", "reason", "bad_channels", "removed_components"):
        old, new = getattr(before, what), getattr(now, what)
        if old != new:
            yield f"{what}: {_shown(new)}, expected {_shown(old)}"
    yield from _metrics(before.metrics, now.metrics, 0.0 if exact else TOLERANCE)
    if exact:
        yield from _files(before.files, now.files)


def _metrics(before: Mapping[str, Metric], now: Mapping[str, Metric], tolerance: float) -> Iterator[str]:
    for name in sorted({*before, *now}):
        old, new = before.get(name), now.get(name)
        if not _near(old, new, tolerance):
            yield f"{name}: {_shown(new)}, expected {_shown(old)}"


def _near(old: Metric, new: Metric, tolerance: float) -> bool:
    if isinstance(old, int | float) and isinstance(new, int | float):
        return math.isclose(old, new, rel_tol=tolerance)
    return old == new


def _files(before: Mapping[str, str], now: Mapping[str, str]) -> Iterator[str]:
    for path in sorted({*before, *now}):
        if path not in now or path not in before:
            yield f"{path}: {'is missing' if path not in now else 'is new'}"
        elif before[path] != now[path]:
            yield f"{path}: other bytes ({now[path][:12]}, expected {before[path][:12]})"


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "none"
    return "none" if value in (None, "") else str(value)
