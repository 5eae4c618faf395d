"""Single responses out of what a pipeline left, made alike for all: every channel there, average reference, baseline."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from validation.cleanbench.exchange import EPOCH_S, Answer, Question, Samples


@dataclass(frozen=True)
class Trials:
    """Single responses against the average of all channels, from ``EPOCH_S``, with the time before the stimulus as zero."""

    data: Samples
    """In V, shape (n_kept, n_channels, n_times)."""
    kept: NDArray[np.int64]
    """Which trials they are, shape (n_kept,)."""
    time_s: Samples
    names: tuple[str, ...]

    def mean(self, channels: tuple[str, ...], window_s: tuple[float, float]) -> Samples:
        """Mean over channels and a window of time, shape (n_kept,)."""
        picks = [self.names.index(name) for name in channels]
        return np.asarray(self.data[:, picks][:, :, self.within(window_s)].mean(axis=(1, 2)))

    def within(self, window_s: tuple[float, float]) -> NDArray[np.bool_]:
        """Samples of a window, half a sample of room at its ends, shape (n_times,)."""
        room = np.diff(self.time_s[:2]).item() / 2
        return (self.time_s >= window_s[0] - room) & (self.time_s <= window_s[1] + room)

    def average(self, of: NDArray[np.bool_]) -> Samples:
        """The mean response to the trials that a mask over all trials names, shape (n_channels, n_times)."""
        return np.asarray(self.data[of[self.kept]].mean(axis=0))


def trials_of(answer: Answer, question: Question) -> Trials:
    """The responses in a cleaned recording; those that touch a stretch marked bad are left out."""
    whole = with_all_channels(answer, question)
    if whole.ndim == 3:
        n_times = round(EPOCH_S[1] * answer.sfreq_hz) - round(EPOCH_S[0] * answer.sfreq_hz)
        return _referenced(
            whole[:, :, :n_times], answer.kept, answer.sfreq_hz, question.names
        )  # MNE has one sample more
    first = np.round(question.onsets / question.sfreq_hz * answer.sfreq_hz).astype(int)
    return _cut(whole, first, untouched(question, answer.bad_s), answer.sfreq_hz, question.names)


def same_trials(data: Samples, like: Trials, question: Question, sfreq_hz: float) -> Trials:
    """The same trials of another recording of all channels, shape (n_channels, n_times)."""
    first = np.round(question.onsets / question.sfreq_hz * sfreq_hz).astype(int)
    return _cut(data, first, like.kept, sfreq_hz, question.names)


def untouched(question: Question, bad_s: Samples) -> NDArray[np.int64]:
    """The trials that touch none of the stretches."""
    onset_s = question.onsets[:, None] / question.sfreq_hz
    touched = (onset_s + EPOCH_S[0] < bad_s[:, 1]) & (onset_s + EPOCH_S[1] > bad_s[:, 0])
    return np.flatnonzero(~touched.any(axis=1))


def with_all_channels(answer: Answer, question: Question) -> Samples:
    """The samples in the order of the question's channels; those that a pipeline dropped are interpolated."""
    import mne

    missing = [name for name in question.names if name not in answer.names]
    place = {name: i for i, name in enumerate(answer.names)}
    flat = answer.data if answer.data.ndim == 2 else np.concatenate(list(answer.data), axis=1)
    whole = np.array([flat[place[name]] if name in place else np.zeros(flat.shape[1]) for name in question.names])
    if missing:
        raw = mne.io.RawArray(whole, mne.create_info(list(question.names), answer.sfreq_hz, "eeg"), verbose="error")
        places = dict(zip(question.names, question.positions, strict=True))
        raw.set_montage(mne.channels.make_dig_montage(places, coord_frame="head"), verbose="error")
        raw.info["bads"] = missing
        whole = raw.interpolate_bads(verbose="error").get_data()
    if answer.data.ndim == 2:
        return whole
    return np.asarray(whole.reshape(len(whole), len(answer.data), -1).swapaxes(0, 1))


def _cut(
    data: Samples, first: NDArray[np.int64], kept: NDArray[np.int64], sfreq_hz: float, names: tuple[str, ...]
) -> Trials:
    start, stop = (round(edge * sfreq_hz) for edge in EPOCH_S)
    pieces = np.array([data[:, first[i] + start : first[i] + stop] for i in kept])
    return _referenced(pieces.reshape(len(kept), len(names), stop - start), kept, sfreq_hz, names)


def _referenced(data: Samples, kept: NDArray[np.int64], sfreq_hz: float, names: tuple[str, ...]) -> Trials:
    time_s = round(EPOCH_S[0] * sfreq_hz) / sfreq_hz + np.arange(data.shape[2]) / sfreq_hz
    data = data - data.mean(axis=1, keepdims=True)
    data -= data[:, :, time_s < 0].mean(axis=2, keepdims=True)
    return Trials(data, kept, time_s, names)
