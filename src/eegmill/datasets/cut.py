"""One recording cut into windows of equal length: side by side, around events, or its epochs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from ..errors import ConfigurationError
from ..signal.timeline import bad_channel_samples, continuous_spans, good_samples, is_event, nearest_sample
from .stored import StoredSamples

if TYPE_CHECKING:
    import mne
    from numpy.typing import NDArray

    from ..signal.types import Mask

BAD, BREAK, END = "bad", "a break inside", "beyond an end of the recording"


@dataclass(frozen=True)
class Cut:
    """Windows of one recording."""

    ch_names: tuple[str, ...]
    """Good EEG channels."""
    sfreq_hz: float
    n_times: int
    starts: NDArray[np.int64]
    """First samples; of epochs, their indices. (n_windows,)"""
    onsets_s: NDArray[np.float64]
    """From the first sample of the recording. (n_windows,)"""
    events: tuple[str | None, ...]
    known_events: tuple[str, ...]
    """Names of all events that the recording has."""
    samples: NDArray[np.float32] | StoredSamples
    """(n_channels, n_times of the recording), or of epochs (n_epochs, n_channels, n_times); or where they lie."""
    left_out: Mapping[str, int] = field(default_factory=dict)
    """How many windows were left out, by the reason."""

    def window(self, index: int) -> NDArray[np.float32]:
        """The samples of one window, (n_channels, n_times)."""
        start = int(self.starts[index])
        if isinstance(self.samples, StoredSamples):
            return self.samples.window(start, self.n_times)
        window: NDArray[np.float32] = (
            self.samples[start] if self.samples.ndim == 3 else self.samples[:, start : start + self.n_times]
        )
        return window

    def without_samples(self) -> Cut:
        """All that is known without the signal."""
        return replace(self, samples=np.empty(0, dtype=np.float32))


def cut_raw(
    raw: mne.io.BaseRaw,
    *,
    length_s: float,
    step_s: float | None,
    events: Sequence[str],
    start_s: float,
    samples_of: Callable[[tuple[str, ...]], StoredSamples] | None = None,
) -> Cut:
    """Cut windows every ``step_s``, or one for each of the named events; one that is bad in part is left out.

    Parameters
    ----------
    samples_of
        Where the samples of channels lie, if they are to be read window by window: ``raw`` needs none then.
    start_s
        Where a window begins, from its event.

    Raises
    ------
    ConfigurationError
        If a window has no sample.
    """
    import mne

    sfreq_hz = float(raw.info["sfreq"])
    n_times = round(length_s * sfreq_hz)
    if n_times < 1:
        msg = f"A window of {length_s:g} s has no sample at {sfreq_hz:g} Hz."
        raise ConfigurationError(msg)
    picks = mne.pick_types(raw.info, eeg=True, exclude="bads")
    names = tuple(raw.ch_names[pick] for pick in picks)
    marks = [(float(mark["onset"]), str(mark["description"])) for mark in raw.annotations]
    found = [(onset_s, name) for onset_s, name in marks if is_event(name)]
    starts: list[tuple[int, str | None]]
    if events:
        starts = [(nearest_sample(at + start_s, sfreq_hz), name) for at, name in found if name in events]
    else:
        step = max(1, round((step_s or length_s) * sfreq_hz))
        starts = [(start, None) for start in range(0, raw.n_times - n_times + 1, step)]
    kept, left_out = _kept(starts, n_times, raw, _good(raw, names))
    first = np.array([start for start, _ in kept], dtype=np.int64)
    return Cut(
        ch_names=names,
        sfreq_hz=sfreq_hz,
        n_times=n_times,
        starts=first,
        onsets_s=first / sfreq_hz,
        events=tuple(name for _, name in kept),
        known_events=tuple(dict.fromkeys(name for _, name in found)),
        samples=samples_of(names) if samples_of else _samples(raw, picks),
        left_out=left_out,
    )


def _samples(raw: mne.io.BaseRaw, picks: NDArray[np.int64]) -> NDArray[np.float32]:
    return raw.get_data(picks=picks).astype(np.float32) if len(picks) else np.empty((0, raw.n_times), np.float32)


def cut_epochs(epochs: mne.BaseEpochs, *, events: Sequence[str] = ()) -> Cut:
    """Epochs as windows, all of them or those of the named events."""
    import mne

    names_by_code = {code: name for name, code in epochs.event_id.items()}
    kinds = [names_by_code[int(code)] for code in epochs.events[:, 2]]
    kept = [index for index, kind in enumerate(kinds) if not events or kind in events]
    picks = mne.pick_types(epochs.info, eeg=True, exclude="bads")
    sfreq_hz = float(epochs.info["sfreq"])
    return Cut(
        ch_names=tuple(epochs.ch_names[pick] for pick in picks),
        sfreq_hz=sfreq_hz,
        n_times=len(epochs.times),
        starts=np.array(kept, dtype=np.int64),
        onsets_s=epochs.events[kept, 0] / sfreq_hz + float(epochs.tmin),
        events=tuple(kinds[index] for index in kept),
        known_events=tuple(epochs.event_id),
        samples=epochs.get_data(picks=picks, verbose="error").astype(np.float32),
    )


def _good(raw: mne.io.BaseRaw, names: Sequence[str]) -> Mask:
    """Samples at which the recording and all channels that are used are good, (n_times,)."""
    good = good_samples(raw)
    for name, bad in bad_channel_samples(raw).items():
        if name in names:
            good &= ~bad
    return good


def _kept(
    starts: Sequence[tuple[int, str | None]], n_times: int, raw: mne.io.BaseRaw, good: Mask
) -> tuple[list[tuple[int, str | None]], dict[str, int]]:
    """Windows that are good as a whole, and how many are not, by the reason."""
    bad_before = np.concatenate([[0], np.cumsum(~good)])
    breaks = np.array([stop for _, stop in continuous_spans(raw)[:-1]], dtype=np.int64)
    kept, left_out = [], Counter[str]()
    for start, name in starts:
        stop = start + n_times
        if start < 0 or stop > raw.n_times:
            left_out[END] += 1
        elif bad_before[stop] > bad_before[start]:
            left_out[BAD] += 1
        elif np.any((breaks > start) & (breaks < stop)):
            left_out[BREAK] += 1
        else:
            kept.append((start, name))
    return kept, dict(left_out)
