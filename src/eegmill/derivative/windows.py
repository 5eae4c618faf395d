"""Where the windows of a cleaned recording lie in its files, and what its tables say of each."""

from __future__ import annotations

import hashlib
import json
import mmap
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

from ..bids.names import entities_of
from ..bids.paths import PREPROC, DerivativePaths
from ..errors import ConfigurationError, DerivativeError
from ..files.tables import is_missing, number, read_tsv
from ..signal.timeline import covered_samples, cuts_of, is_bad, is_event, nearest_sample
from .eeglab import PER_UNIT

SAMPLE_BYTES = 4
HEADER_LINES = ("DataOrientation=MULTIPLEXED", "BinaryFormat=IEEE_FLOAT_32")
ENTITIES = {"subject": "sub", "session": "ses", "task": "task", "acquisition": "acq", "run": "run"}


@dataclass(frozen=True)
class Mark:
    """A row of ``events.tsv``: an event, or a segment that is marked."""

    name: str
    start: int
    stop: int
    channels: frozenset[str]
    """Of which it speaks; empty means all."""


@dataclass(frozen=True)
class Cut:
    """A window: its first sample in the recording and in the file, and its length, in samples."""

    start: int
    n_times: int
    first_in_file: int
    epoch: int | None = None
    label: str | None = None
    tmin_s: float | None = None


@dataclass(frozen=True)
class CleanedFiles:
    """The files of a cleaned recording, read as tables: no sample is looked at but for checksums."""

    derivative: Path
    recording: str

    @property
    def paths(self) -> DerivativePaths:
        """Where they lie."""
        return DerivativePaths(self.recording)

    @cached_property
    def sfreq_hz(self) -> float:
        """The sampling rate."""
        sidecar = self.derivative / self.paths.signal.with_suffix(".json")
        return float(json.loads(sidecar.read_bytes())["SamplingFrequency"])

    @cached_property
    def channel_rows(self) -> list[dict[str, str]]:
        """Rows of ``channels.tsv``, in the order of the samples."""
        return read_tsv(self.derivative / self.paths.file(PREPROC, "channels.tsv"))

    @cached_property
    def n_times(self) -> int:
        """Samples of the recording.

        Raises
        ------
        DerivativeError
            If the file does not hold the channels of the table as multiplexed float32.
        """
        data = self.derivative / self.paths.signal_data
        lines = (self.derivative / self.paths.signal).read_text(encoding="utf-8").splitlines()
        n_times, rest = divmod(data.stat().st_size, SAMPLE_BYTES * len(self.channel_rows))
        if rest or not all(line in lines for line in HEADER_LINES):
            msg = f"'{data.name}' is no multiplexed float32 of {len(self.channel_rows)} channels: it was altered."
            raise DerivativeError(msg)
        return n_times

    @cached_property
    def event_rows(self) -> list[dict[str, str]]:
        """Rows of ``events.tsv``."""
        return read_tsv(self.derivative / self.paths.file(PREPROC, "events.tsv"))

    @cached_property
    def marks(self) -> list[Mark]:
        """Events and marked segments, by onset."""
        return sorted((self._mark(row) for row in self.event_rows), key=_start_of)

    def _mark(self, row: dict[str, str]) -> Mark:
        onset_s, duration_s = number(row["onset"]) or 0.0, number(row["duration"]) or 0.0
        start, stop = covered_samples(onset_s, duration_s, self.sfreq_hz, self.n_times)
        channels = row.get("channel", "")
        names = frozenset() if is_missing(channels) else frozenset(name.strip() for name in channels.split(","))
        eeg = {channel["name"] for channel in self.channel_rows if channel["type"] == "EEG"}
        return Mark(row["trial_type"], start, stop, frozenset() if eeg <= names else names)

    @property
    def has_epochs(self) -> bool:
        """Whether there is a table of epochs."""
        return (self.derivative / self.paths.epochs_table).is_file()

    @property
    def entities(self) -> dict[str, str | None]:
        """Labels of the name, by the words that EEGDash has for them."""
        found = entities_of(f"{self.recording}_eeg")[0]
        return {name: found.get(key) for name, key in ENTITIES.items()}


@dataclass(frozen=True)
class WindowRows:
    """The windows of a recording, and the file that they lie in."""

    file: PurePosixPath
    rows: list[dict[str, Any]]
    about: dict[str, Any]
    channels: dict[str, list[Any]]


def window_rows(derivative: Path, recording: str, *, window_s: float | None) -> WindowRows:
    """Windows of a recording, side by side from its first sample; its epochs where ``window_s`` is None.

    A window that holds a discontinuity is left out and counted. Bad stretches stay, and the row says how much is good.

    Raises
    ------
    ConfigurationError
        If a window is shorter than a sample.
    DerivativeError
        If the files do not agree.
    """
    files = CleanedFiles(derivative, recording)
    stored = window_s is None and (derivative / files.paths.epochs_data).is_file()
    file = files.paths.epochs_data if stored else files.paths.signal_data
    cuts, left_out = _epochs(files, stored=stored) if window_s is None else _side_by_side(files, window_s)
    sizes = {"n_channels": len(files.channel_rows), "sfreq_hz": files.sfreq_hz}
    frame = SAMPLE_BYTES * len(files.channel_rows)
    rows = [{**_row(files, cut, frame), **sizes} for cut in cuts]
    about = {"recording": recording, "left_out": left_out, "bad_channels": _bad(files)}
    about |= _with_checksums(derivative / file, rows)
    return WindowRows(file, rows, about, _channels(files, stored=stored))


def _side_by_side(files: CleanedFiles, window_s: float) -> tuple[list[Cut], int]:
    n_times = nearest_sample(window_s, files.sfreq_hz)
    if n_times < 1:
        msg = f"Windows of {window_s} s have no sample at {files.sfreq_hz:g} Hz: make them longer."
        raise ConfigurationError(msg)
    breaks = {cut for mark in files.marks for cut in cuts_of(mark.name, mark.start, mark.stop)}
    starts = range(0, files.n_times - n_times + 1, n_times)
    whole = [start for start in starts if not any(start < cut < start + n_times for cut in breaks)]
    return [Cut(start, n_times, start) for start in whole], len(starts) - len(whole)


def _epochs(files: CleanedFiles, *, stored: bool) -> tuple[list[Cut], int]:
    """Epochs as their table has them: stretches of the signal or, where they were repaired, of their own file."""
    table = files.derivative / files.paths.epochs_table
    found = []
    for position, row in enumerate(read_tsv(table) if table.is_file() else []):
        tmin, tmax = number(row["tmin"]) or 0.0, number(row["tmax"]) or 0.0
        first, last = (nearest_sample(at_s, files.sfreq_hz) for at_s in (tmin, tmax))
        start, n_times = int(row["sample"]) + first, last - first + 1
        in_file = position * n_times if stored else start
        found.append(Cut(start, n_times, in_file, int(row["epoch"]), row["trial_type"], tmin))
    return found, 0


def _row(files: CleanedFiles, cut: Cut, frame: int) -> dict[str, Any]:
    start, stop = cut.start, cut.start + cut.n_times
    inside = [mark for mark in files.marks if is_event(mark.name) and start <= mark.start < stop]
    return {
        "offset": cut.first_in_file * frame,
        "n_bytes": cut.n_times * frame,
        "onset_s": start / files.sfreq_hz,
        "n_times": cut.n_times,
        "good_fraction": 1 - _n_bad(files.marks, start, stop) / cut.n_times,
        "events": [mark.name for mark in inside],
        "event_samples": [mark.start - start for mark in inside],
        "label": cut.label or _label(files.marks, start, stop),
        "epoch": cut.epoch,
        "tmin_s": cut.tmin_s,
    }


def _n_bad(marks: Sequence[Mark], start: int, stop: int) -> int:
    """Samples of a window that a mark of something bad covers, which speaks of all channels."""
    reached, n_bad = start, 0
    for mark in marks:  # by onset, so what was counted lies before what comes
        if is_bad(mark.name) and not mark.channels and mark.stop > reached and mark.start < stop:
            n_bad += min(mark.stop, stop) - max(mark.start, reached)
            reached = min(mark.stop, stop)
    return n_bad


def _label(marks: Sequence[Mark], start: int, stop: int) -> str | None:
    """The event that lasts over the whole window; the one that began last, where there are several."""
    lasting = [mark for mark in marks if is_event(mark.name) and mark.start <= start and mark.stop >= stop]
    return max(lasting, key=_start_of).name if lasting else None


def _start_of(mark: Mark) -> int:
    return mark.start


def _with_checksums(path: Path, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Add the CRC-32 of each window to its row; size and SHA-256 of the file."""
    size = path.stat().st_size
    if not size:
        return {"size": 0, "sha256": hashlib.sha256().hexdigest()}
    with (
        path.open("rb") as stream,
        mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content,
        memoryview(content) as samples,
    ):
        for row in rows:
            stop = row["offset"] + row["n_bytes"]
            if not 0 <= row["offset"] < stop <= size:
                msg = f"A window of '{path.name}' ends at byte {stop} of {size}: its tables do not belong to it."
                raise DerivativeError(msg)
            row["crc32"] = zlib.crc32(samples[row["offset"] : stop])
        digest = hashlib.sha256(samples).hexdigest()
    return {"size": size, "sha256": digest}


def _bad(files: CleanedFiles) -> list[str]:
    return [row["name"] for row in files.channel_rows if row["status"] == "bad"]


def _channels(files: CleanedFiles, *, stored: bool) -> dict[str, list[Any]]:
    """Names, types and units of channels, and what makes volts of a stored number; epochs are all stored as volts."""
    volts = [stored or row["units"] == "µV" for row in files.channel_rows]
    return {
        "names": [row["name"] for row in files.channel_rows],
        "types": [row["type"] for row in files.channel_rows],
        "units": ["µV" if volt else row["units"] for volt, row in zip(volts, files.channel_rows, strict=True)],
        "to_si": [1 / PER_UNIT if volt else 1.0 for volt in volts],
    }
