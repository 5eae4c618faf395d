"""Annotations of EDF+ and BDF+, and the pauses of the recorder, at their time in the signal.

MNE reads EDF+D as if it had no gaps, stops at an annotation in Latin-1, and drops annotations out of range.

References
----------
EDF+: Kemp and Olivan 2003, doi:10.1016/S1388-2457(03)00123-8.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..bids.text import decoded
from ..errors import RecordingError
from .edf import EdfHeader
from .notes import some

if TYPE_CHECKING:
    import mne
    import numpy as np
    from numpy.typing import NDArray

BREAK = "EDGE boundary"
"""What marks a joint: one of the names that no filter and no window reaches across."""


@dataclass(frozen=True)
class EdfAnnotation:
    """An annotation of EDF+, in seconds from the start of the first record."""

    onset_s: float
    duration_s: float
    text: str
    channels: tuple[str, ...] = ()


_TAL = re.compile(rb"([^\x14\x15]+)(?:\x15([^\x14]*))?\x14(.*)", re.DOTALL)
"""A time-stamped annotation list: onset, duration, and texts that end with 0x14."""


def annotations_of(header: EdfHeader, notes: list[str]) -> tuple[list[EdfAnnotation], NDArray[np.float64]]:
    """Annotations, and the start of each record in seconds, NaN where the record does not say it."""
    import numpy as np

    found: list[EdfAnnotation] = []
    starts = np.full(header.n_records, np.nan)
    texts = _Texts(header.path.name)
    for number, content in enumerate(header.annotation_bytes):
        for tal in filter(None, content.split(b"\0")):
            match = _TAL.fullmatch(tal)
            onset_s = _seconds(match[1]) if match else None
            if match is None or onset_s is None:
                texts.unreadable.append(tal)
                continue
            if np.isnan(starts[number]) and match[3][:1] in (b"\x14", b""):
                starts[number] = onset_s
            duration_s = _seconds(match[2] or b"0") or 0.0
            found += [EdfAnnotation(onset_s, duration_s, *texts.read(text)) for text in match[3].split(b"\x14") if text]
    texts.note(notes)
    first = 0.0 if not len(starts) or np.isnan(starts[0]) else float(starts[0])
    # The first record starts a fraction of a second after the start in the header: the signal starts with it.
    shifted = [replace(one, onset_s=one.onset_s - first) for one in found]
    return _merged(shifted), starts - first


def _seconds(content: bytes) -> float | None:
    try:
        return float(content)
    except ValueError:
        return None


class _Texts:
    """Texts of annotations, decoded, and what was guessed on the way."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.latin: list[str] = []
        self.unreadable: list[bytes] = []

    def read(self, content: bytes) -> tuple[str, tuple[str, ...]]:
        """The text, and the channels that it concerns: EDF+ writes ``text@@channel``."""
        text, encoding = decoded(content)
        if encoding != "UTF-8":
            self.latin.append(text)
        label, mark, channel = text.partition("@@")
        return (label, (channel,)) if mark else (text, ())

    def note(self, notes: list[str]) -> None:
        """Say what was guessed and what could not be read."""
        if self.latin:
            notes.append(
                f"'{self.name}': {len(self.latin)} annotations are no UTF-8: read as Latin-1 ('{self.latin[0]}')"
            )
        if self.unreadable:
            first = self.unreadable[0][:40].decode("latin-1")
            notes.append(
                f"'{self.name}': {len(self.unreadable)} annotations make no sense and are left out ({first!r})"
            )


def _merged(found: list[EdfAnnotation]) -> list[EdfAnnotation]:
    """The same annotation of several channels is one."""
    merged: dict[tuple[float, float, str, int], EdfAnnotation] = {}
    for number, one in enumerate(found):
        key = (one.onset_s, one.duration_s, one.text, -1 if one.channels else number)
        former = merged.get(key)
        merged[key] = replace(one, channels=(*former.channels, *one.channels)) if former else one
    return list(merged.values())


@dataclass(frozen=True)
class Clock:
    """From the recorder's clock to seconds of the signal, in which the pauses between records are left out."""

    starts_s: NDArray[np.float64]
    """Start of each uninterrupted stretch by the recorder's clock."""
    joints_s: NDArray[np.float64]
    """The same in seconds of the signal."""
    stops_s: NDArray[np.float64]
    """End of each stretch by the recorder's clock."""

    @property
    def n_pauses(self) -> int:
        """How often the recorder stopped."""
        return len(self.starts_s) - 1

    def in_signal(self, onset_s: float) -> float | None:
        """The time in the signal; None for a time in a pause."""
        import numpy as np

        index = max(int(np.searchsorted(self.starts_s, onset_s + 1e-9, side="right")) - 1, 0)
        last = index == len(self.starts_s) - 1
        if not last and onset_s >= self.stops_s[index] - 1e-9:
            return None
        return float(self.joints_s[index] + onset_s - self.starts_s[index])

    def end_in_signal(self, onset_s: float, duration_s: float) -> float:
        """The time in the signal at which something ends: an end in a pause is the pause."""
        import numpy as np

        end = self.in_signal(onset_s + duration_s)
        if end is not None:
            return end
        index = int(np.searchsorted(self.starts_s, onset_s + duration_s, side="right"))
        return float(self.joints_s[index])


def clock_of(header: EdfHeader, starts_s: NDArray[np.float64], notes: list[str]) -> Clock | None:
    """How the records lie in time; None if they follow each other.

    Records that go back in time follow each other all the same where the header says so (EDF+C).

    Raises
    ------
    RecordingError
        If the records go back in time by more than a sample: no order of them is right.
    """
    import numpy as np

    known = np.isfinite(starts_s)
    if not header.record_s or not known.any():
        return None
    sample_s = header.record_s / header.max_samples
    numbers = np.arange(header.n_records)
    filled = np.interp(numbers, numbers[known], starts_s[known])
    steps = np.diff(filled) - header.record_s
    if np.any(steps < -1.5 * sample_s):
        number = int(np.argmax(steps < -1.5 * sample_s)) + 1
        told = (
            f"'{header.path.name}': record {number + 1} starts at {filled[number]:g} s, before record {number} has "
            f"ended ({filled[number - 1] + header.record_s:g} s)"
        )
        if header.may_pause:
            msg = f"{told}: its order in time is unknown."
            raise RecordingError(msg)
        notes.append(f"{told}: taken as without pauses, as its header says")
        return None
    after = np.flatnonzero(steps > 1.5 * sample_s) + 1
    if not len(after):
        return None
    first = np.concatenate([[0], after])
    last = np.concatenate([after - 1, [header.n_records - 1]])
    return Clock(filled[first], first * header.record_s, filled[last] + header.record_s)


def annotations_in_signal(
    found: list[EdfAnnotation], clock: Clock | None, length_s: float, notes: list[str]
) -> list[EdfAnnotation]:
    """Annotations at their time in the signal, with a break at each joint; those outside are left out and noted."""
    placed: list[EdfAnnotation] = []
    outside: list[str] = []
    for one in found:
        onset_s = clock.in_signal(one.onset_s) if clock else one.onset_s
        if onset_s is None or not 0 <= onset_s < length_s:
            outside.append(f"'{one.text}' at {one.onset_s:g} s")
            continue
        end_s = clock.end_in_signal(one.onset_s, one.duration_s) if clock else onset_s + one.duration_s
        placed.append(replace(one, onset_s=onset_s, duration_s=max(end_s - onset_s, 0.0) if one.duration_s else 0.0))
    if outside:
        notes.append(
            f"{len(outside)} annotations lie outside the {length_s:g} s of the signal and are left out: {some(outside)}"
        )
    if clock:
        placed += [EdfAnnotation(float(joint), 0.0, BREAK) for joint in clock.joints_s[1:]]
        notes.append(_pauses(clock))
    return sorted(placed, key=lambda one: one.onset_s)


def _pauses(clock: Clock) -> str:
    lengths = clock.starts_s[1:] - clock.stops_s[:-1]
    told = [f"{length:g} s at {joint:g} s" for length, joint in zip(lengths, clock.joints_s[1:], strict=True)]
    return (
        f"the recorder paused {clock.n_pauses} times ({some(told)}): the pauses are left out, a break marks each, and "
        "later times are counted without them"
    )


def as_annotations(found: list[EdfAnnotation], ch_names: Sequence[str]) -> mne.Annotations:
    """MNE's annotations; a channel that is none of the signal's stays in the text."""
    import mne

    known = [tuple(name for name in one.channels if name in ch_names) for one in found]
    return mne.Annotations(
        [one.onset_s for one in found],
        [one.duration_s for one in found],
        [
            one.text if len(channels) == len(one.channels) else "@@".join([one.text, *one.channels])
            for one, channels in zip(found, known, strict=True)
        ],
        ch_names=known,
    )
