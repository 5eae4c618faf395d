"""How two cleanings of one recording differ: decisions, and the signal that is left."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..recording import Recording
from ..records import RecordingRecord, original_times_s
from ..signal.timeline import good_samples
from ..signal.types import Floats, Ints

if TYPE_CHECKING:
    import mne


@dataclass(frozen=True)
class Cleaning:
    """What one run left of a recording."""

    recording: Recording
    record: RecordingRecord
    start_s: float = 0.0
    """What the recording lacked at its start."""

    @property
    def sfreq_hz(self) -> float:
        """The sampling rate behind the last step."""
        return float(self.recording.raw.info["sfreq"])

    def source_samples(self) -> Ints:
        """Which sample of the recording as it came each one is, at the rate behind the last step, shape (n_times,)."""
        times_s = np.arange(self.recording.raw.n_times) / self.sfreq_hz
        return np.rint((original_times_s(times_s, self.record.steps) + self.start_s) * self.sfreq_hz).astype(np.int64)


def flips(before: Collection[Hashable], after: Collection[Hashable], told: Collection[Hashable]) -> tuple[int, int]:
    """Decisions that differ between what was taken for bad: all, and those that were not called borderline.

    Examples
    --------
    >>> flips({"Fp1", "T8"}, {"T8", "Cz"}, told={"Cz"})
    (2, 1)
    """
    turned = set(before) ^ set(after)
    return len(turned), len(turned - set(told))


def relative_change(before: Iterable[Floats], after: Iterable[Floats]) -> float:
    """RMS of the difference over the RMS of the first, each channel about its own mean; NaN where there is nothing.

    Parameters
    ----------
    before, after
        One channel after another, shape (..., n_times), of the same samples.
    """
    changed = total = 0.0
    for one, other in zip(before, after, strict=True):
        centred = one - one.mean(axis=-1, keepdims=True)
        changed += float(np.sum((other - other.mean(axis=-1, keepdims=True) - centred) ** 2))
        total += float(np.sum(centred**2))
    return float(np.sqrt(changed / total)) if total else float("nan")


def signal_change(before: Cleaning, after: Cleaning) -> float:
    """`relative_change` over EEG channels and samples that are good in both; of epochs, over those that both have."""
    names = [name for name in _good(before) if name in set(_good(after))]
    if not names:
        return float("nan")
    one, other = before.recording.epochs, after.recording.epochs
    if one is not None and other is not None:
        return _change_of_epochs(before, after, names)
    mine, theirs = _common(_good_samples(before), _good_samples(after))
    if not len(mine):
        return float("nan")
    return relative_change(
        (_channel(before, name)[mine] for name in names), (_channel(after, name)[theirs] for name in names)
    )


def _change_of_epochs(before: Cleaning, after: Cleaning, names: list[str]) -> float:
    one, other = before.recording.epochs, after.recording.epochs
    assert one is not None
    assert other is not None
    mine, theirs = _common(*(_event_samples(cleaning) for cleaning in (before, after)))
    if not len(mine):
        return float("nan")
    return relative_change(_channels(one, names, mine), _channels(other, names, theirs))


def _channels(epochs: mne.BaseEpochs, names: list[str], rows: Ints) -> Iterable[Floats]:
    return (epochs.get_data(picks=[name], verbose="error")[rows, 0] for name in names)


def _channel(cleaning: Cleaning, name: str) -> Floats:
    raw = cleaning.recording.raw
    samples: Floats = raw._data[raw.ch_names.index(name)]
    return samples


def _good(cleaning: Cleaning) -> list[str]:
    raw = cleaning.recording.raw
    kinds = zip(raw.ch_names, raw.get_channel_types(), strict=True)
    return [name for name, kind in kinds if kind == "eeg" and name not in raw.info["bads"]]


def _good_samples(cleaning: Cleaning) -> Ints:
    """Samples of the source; -1 where they are bad."""
    return np.where(good_samples(cleaning.recording.raw), cleaning.source_samples(), -1)


def _event_samples(cleaning: Cleaning) -> Ints:
    epochs = cleaning.recording.epochs
    assert epochs is not None
    found: Ints = cleaning.source_samples()[epochs.events[:, 0]]
    return found


def _common(one: Ints, other: Ints) -> tuple[Ints, Ints]:
    """Indices into both of the samples that both have."""
    found, mine, theirs = np.intersect1d(one, other, return_indices=True)
    return mine[found >= 0], theirs[found >= 0]
