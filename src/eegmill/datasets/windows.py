"""Windows of a dataset's recordings, or stretches around events, each with its label: what a model is trained on."""

from __future__ import annotations

import difflib
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from ..errors import ConfigurationError, RecordingError, Rejected
from ..stream.sources import Folder
from .agreement import agreed, agreed_channels
from .cut import Cut, cut_epochs, cut_raw
from .names import nearest
from .once import Once
from .stored import raw_without_samples, stored_samples

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from .dataset import Dataset

KEPT_BYTES = 2_000_000_000
"""Signals that are kept in memory for windows in any order, in bytes of float32."""
EVENT = "event"
"""The target that is the event of a window."""


@dataclass(frozen=True)
class Windowing:
    """How windows are cut from recordings, and what their labels are."""

    length_s: float = 2.0
    """Length of a window."""
    step_s: float | None = None
    """From one window to the next; None lays them side by side."""
    target: str | None = None
    """What is to be decoded: a field of descriptions (``age``, ``sex``), or ``event``; None: nothing."""
    events: tuple[str, ...] = ()
    """Names of events: windows are then cut around these instead."""
    start_s: float = 0.0
    """Where a window begins, from its event."""
    signal: Literal["cleaned", "raw", "epochs"] = "cleaned"
    """``epochs``: windows are the epochs that the recipe cut; their lengths and events are theirs."""
    channels: tuple[str, ...] | Literal["common"] | None = None
    """EEG channels by name, ``common`` for those that all recordings have good; None wants the same in all."""
    clean: bool = False
    """Whether recordings that are not cleaned yet are cleaned."""

    @classmethod
    def of(cls, **choices: Any) -> Windowing:
        """From keywords, checked.

        Raises
        ------
        ConfigurationError
            If one is unknown (names the nearest), or a value makes no sense.
        """
        known = [entry.name for entry in fields(cls)]
        for name in choices:
            if name not in known:
                near = difflib.get_close_matches(name, known, n=1)
                hint = f"did you mean '{near[0]}'?" if near else f"known are: {', '.join(known)}."
                msg = f"Windows cannot be chosen by '{name}'; {hint}"
                raise ConfigurationError(msg)
        events, channels = choices.get("events", ()), choices.get("channels")
        choices |= {"events": (events,) if isinstance(events, str) else tuple(events or ())}
        choices |= {"channels": channels if isinstance(channels, str | None) else tuple(channels)}
        made = cls(**choices)
        made._check()
        return made

    def _check(self) -> None:
        if not self.length_s > 0 or (self.step_s is not None and not self.step_s > 0):
            msg = f"Windows of {self.length_s} s every {self.step_s} s cannot be cut: both are more than 0."
            raise ConfigurationError(msg)
        if self.signal not in ("cleaned", "raw", "epochs"):
            msg = f"There is no signal '{self.signal}': it is 'cleaned', 'raw' or 'epochs'."
            raise ConfigurationError(msg)
        if isinstance(self.channels, str) and self.channels != "common":
            msg = f"Channels are a list of names, or 'common'; one alone is ['{self.channels}']."
            raise ConfigurationError(msg)


@dataclass(frozen=True)
class Labels:
    """Labels of windows as numbers."""

    values: NDArray[Any]
    """(n_windows,): int64 for classes, float32 for numbers."""
    classes: tuple[str, ...] = ()
    """What the numbers of classes stand for; empty for numbers."""


@dataclass(frozen=True)
class _Row:
    recording: int
    onset_s: float
    index: int
    """Which window of its recording."""
    event: str | None


@dataclass
class Windowed:
    """Windows of a dataset, like a list of pairs: samples (n_channels, n_times) in float32 volts, and the label.

    Of a cleaned recording only tables are read to know its windows, and each window is read when it is wanted. A raw
    one, or one with epochs, is read once to know them, and again when they are wanted, unless it is kept in memory.

    Raises
    ------
    ConfigurationError
        If recordings differ in rate or channels, there is no such event, or a recording has no label.
    DerivativeError
        If a recording is not cleaned; says what to type.
    RecordingError
        If no window is left.
    """

    dataset: Dataset
    windowing: Windowing
    notes: tuple[str, ...] = ()
    """What was left out, in sentences."""
    _folders: dict[Path, Folder] = field(default_factory=dict, repr=False)
    _stored: dict[int, Cut] = field(default_factory=dict, repr=False)
    _kept: Once[Cut] = field(default_factory=lambda: Once(KEPT_BYTES, _size), repr=False)

    def __post_init__(self) -> None:
        """Look through all recordings."""
        require_target(self.dataset, self.windowing.target)
        cuts = self._cuts()
        self.ch_names, self.sfreq_hz, self.n_times = self._agreed(cuts)
        self._rows = [
            _Row(number, float(onset), index, event)
            for number, cut in cuts.items()
            for index, (onset, event) in enumerate(zip(cut.onsets_s, cut.events, strict=True))
        ]
        self.notes = (*self.notes, *_told(cuts, self.dataset))
        self._refuse_none(cuts)

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, index: int) -> tuple[NDArray[np.float32], Any]:
        row = self._rows[index]
        return self._samples(row), None if self.labels is None else self.labels.values[index]

    @property
    def shape(self) -> tuple[int, int, int]:
        """(n_windows, n_channels, n_times)."""
        return len(self), len(self.ch_names), self.n_times

    @cached_property
    def labels(self) -> Labels | None:
        """Labels of the windows, by their target; None without one."""
        target = self.windowing.target
        if target is None:
            return None
        return _labels(self._values(target), self.windowing.events if target == EVENT else ())

    @property
    def classes(self) -> tuple[str, ...]:
        """What the numbers of classes stand for; empty for numbers."""
        return self.labels.classes if self.labels else ()

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row a window: recording, onset in seconds from the first sample, event, description, label."""
        import pandas as pd

        rows = [
            {"recording": one.name, "onset_s": row.onset_s, EVENT: row.event, **one.description}
            for row in self._rows
            for one in [self.dataset[row.recording]]
        ]
        table = pd.DataFrame(rows)
        if self.labels is not None:
            table["label"] = self.labels.values
        return table

    @property
    def recordings(self) -> tuple[int, ...]:
        """Indices in the dataset of the recordings that have windows."""
        return tuple(dict.fromkeys(row.recording for row in self._rows))

    def of_recording(self, number: int) -> list[int]:
        """Indices of the windows of one recording."""
        return [index for index, row in enumerate(self._rows) if row.recording == number]

    def __repr__(self) -> str:
        n_windows, n_channels, n_times = self.shape
        classes = f", {len(self.classes)} classes: {', '.join(self.classes[:5])}" if self.classes else ""
        return f"<{n_windows} windows ({n_channels}, {n_times}) at {self.sfreq_hz:g} Hz{classes}>"

    def _samples(self, row: _Row) -> NDArray[np.float32]:
        """A copy: who changes it disturbs nobody."""
        cut = self._found(row.recording)
        order = [cut.ch_names.index(name) for name in self.ch_names]
        return cut.window(row.index)[order]

    def _found(self, number: int) -> Cut:
        if self.windowing.signal == "cleaned":
            if number not in self._stored:
                self._stored[number] = self._cut(number)
            return self._stored[number]
        return self._kept.get(number, lambda: self._cut(number))

    def _cut(self, number: int) -> Cut:
        recording, chosen = self.dataset[number], self.windowing
        if chosen.signal == "epochs":
            return cut_epochs(recording.epochs(clean=chosen.clean), events=chosen.events)
        files = recording.cleaned_files(clean=chosen.clean) if chosen.signal == "cleaned" else None
        return cut_raw(
            raw_without_samples(files) if files else recording.raw(),
            length_s=chosen.length_s,
            step_s=chosen.step_s,
            events=chosen.events,
            start_s=chosen.start_s,
            samples_of=partial(stored_samples, files, self._folder(files.derivative)) if files else None,
        )

    def _folder(self, derivative: Path) -> Folder:
        """One for all recordings of a derivative: it bounds how many files are open."""
        return self._folders.setdefault(derivative, Folder(str(derivative)))

    def _cuts(self) -> dict[int, Cut]:
        """The windows of all recordings, without their samples; a rejected recording has none, and is told."""
        found: dict[int, Cut] = {}
        for number in range(len(self.dataset)):
            try:
                found[number] = self._found(number).without_samples()
            except Rejected as rejection:
                self._note(f"Left out: {rejection}")
        return found

    def _note(self, sentence: str) -> None:
        warnings.warn(sentence, stacklevel=5)
        self.notes = (*self.notes, sentence)

    def _agreed(self, cuts: Mapping[int, Cut]) -> tuple[tuple[str, ...], float, int]:
        if not cuts:
            msg = f"None of the {len(self.dataset)} recordings has a signal. {' '.join(self.notes)}"
            raise RecordingError(msg)
        by_name = {f"{self.dataset[number].dataset}/{self.dataset[number].name}": cut for number, cut in cuts.items()}
        sfreq_hz = agreed({name: cut.sfreq_hz for name, cut in by_name.items()}, "sampling rates", "Hz")
        n_times = agreed({name: cut.n_times for name, cut in by_name.items()}, "lengths of windows", "samples")
        ch_names = agreed_channels({name: cut.ch_names for name, cut in by_name.items()}, self.windowing.channels)
        return ch_names, sfreq_hz, int(n_times)

    def _values(self, target: str) -> list[Any]:
        if target == EVENT:
            return [row.event for row in self._rows]
        return [self.dataset[row.recording].description[target] for row in self._rows]

    def _refuse_none(self, cuts: Mapping[int, Cut]) -> None:
        wanted = self.windowing
        there = sorted({name for cut in cuts.values() for name in cut.known_events})
        missing = [name for name in wanted.events if name not in there]
        if missing or (wanted.target == EVENT and not wanted.events and wanted.signal != "epochs"):
            what = f"There is no event '{missing[0]}'" if missing else "The target 'event' needs events=[…]"
            listed = ", ".join(there[:20]) or "none"
            msg = f"{what}; in these recordings there are: {listed}."
            raise ConfigurationError(msg)
        if not self._rows:
            msg = f"No window is left. {' '.join(self.notes)}"
            raise RecordingError(msg)


def require_target(dataset: Dataset, target: str | None) -> None:
    """Refuse a target that is no field of descriptions, or that a recording lacks.

    Raises
    ------
    ConfigurationError
        Names the nearest field, or the recording.
    """
    if target is None or target == EVENT:
        return
    known = [*dataset.fields, EVENT]
    if target not in known:
        msg = f"Recordings have no '{target}' to be decoded; {nearest(target, known)}"
        raise ConfigurationError(msg)
    without = [one.name for one in dataset if one.description.get(target) is None]
    if without:
        msg = (
            f"{len(without)} of {len(dataset)} recordings have no '{target}', such as '{without[0]}': leave them out "
            f"by .filter(known='{target}')."
        )
        raise ConfigurationError(msg)


def _labels(values: Sequence[Any], order: Sequence[str]) -> Labels:
    import numpy as np

    if all(isinstance(value, int | float) for value in values):
        return Labels(np.asarray(values, dtype=np.float32))
    classes = tuple(order) or tuple(sorted({str(value) for value in values}))
    codes = {name: code for code, name in enumerate(classes)}
    return Labels(np.asarray([codes[str(value)] for value in values], dtype=np.int64), classes)


def _told(cuts: Mapping[int, Cut], dataset: Dataset) -> list[str]:
    found: dict[str, int] = {}
    for cut in cuts.values():
        for reason, count in cut.left_out.items():
            found[reason] = found.get(reason, 0) + count
    sentences = [
        f"{count} {'window was' if count == 1 else 'windows were'} left out: {reason}."
        for reason, count in sorted(found.items())
    ]
    empty = [dataset[number].name for number, cut in cuts.items() if not len(cut.onsets_s)]
    return [*sentences, *([f"Recordings without a window: {', '.join(empty)}."] if empty else [])]


def _size(cut: Cut) -> int:
    return int(cut.samples.nbytes)
