"""Windows of a source: where they lie, what is left out because it is bad, batches of bounded memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import ConfigurationError, RecordingError
from ..recording import from_first_sample
from ..signal.timeline import bad_channel_samples, continuous_spans, good_samples
from ..signal.types import Floats, Ints, Mask
from .contract import Windows
from .tree import Choice

if TYPE_CHECKING:
    import mne

MIN_TIMES = 16
"""Samples that a window must have: below, most features say nothing."""
BATCH_VALUES = 2_000_000
"""Numbers a batch of windows may have: with what is computed of them they fill some hundred megabytes."""


@dataclass(frozen=True)
class Signal:
    """A source that windows can be taken from."""

    window: Callable[[int], Floats]
    """The samples of the window of an index, (n_channels, n_times)."""
    ch_names: tuple[str, ...]
    starts: Ints
    n_times: int
    sfreq_hz: float
    highpass_hz: float | None = None
    lowpass_hz: float | None = None
    left_out: Mapping[str, int] = field(default_factory=dict)
    cut_s: float = 0.0
    bad_channels: tuple[str, ...] = ()

    @property
    def about(self) -> str:
        """What was left out, for messages."""
        parts = [f"{count} windows left out: {reason}" for reason, count in sorted(self.left_out.items())]
        return "; ".join([*parts, f"bad channels: {', '.join(self.bad_channels) or 'none'}"])


def signal_of(
    source: Any, window_s: float | None, step_s: float | None, sfreq_hz: float | None, ch_names: Sequence[str] | None
) -> Signal:
    """Where the windows of an array, of Raw or of Epochs lie; the arguments are those of `extract`."""
    if isinstance(source, np.ndarray):
        return _of_array(source, window_s, step_s, sfreq_hz, ch_names)
    if hasattr(source, "events"):
        return _of_epochs(source)
    return _of_raw(source, window_s, step_s)


def _of_array(
    x: Floats, window_s: float | None, step_s: float | None, sfreq_hz: float | None, ch_names: Sequence[str] | None
) -> Signal:
    if sfreq_hz is None or x.ndim not in (2, 3):
        msg = (
            f"An array needs 'sfreq_hz' (is {sfreq_hz}) and the shape (n_channels, n_times) or (n_windows, n_channels, "
            f"n_times) (is {x.shape})."
        )
        raise ConfigurationError(msg)
    x = x.astype(np.float64, copy=False)
    names = tuple(ch_names or [str(index) for index in range(x.shape[-2])])
    if len(names) != x.shape[-2]:
        msg = f"There are {x.shape[-2]} channels and {len(names)} names of channels."
        raise ConfigurationError(msg)
    if x.ndim == 3:
        _check_length(x.shape[-1])
        starts = np.arange(len(x), dtype=np.int64) * x.shape[-1]
        return Signal(lambda index: x[index], names, starts, x.shape[-1], sfreq_hz)
    n_times, step = _lengths(x.shape[-1], sfreq_hz, window_s, step_s)
    starts = np.arange(0, x.shape[-1] - n_times + 1, step, dtype=np.int64)
    return Signal(lambda index: x[:, starts[index] : starts[index] + n_times], names, starts, n_times, sfreq_hz)


def _of_epochs(epochs: mne.BaseEpochs) -> Signal:
    import mne

    picks = mne.pick_types(epochs.info, eeg=True, exclude="bads")
    x = epochs.get_data(picks=picks, verbose="error") if len(picks) else np.empty((len(epochs), 0, len(epochs.times)))
    _check_length(x.shape[-1])
    info = epochs.info
    first = epochs.events[:, 0] + round(epochs.tmin * info["sfreq"])
    return Signal(
        lambda index: x[index],
        tuple(info["ch_names"][pick] for pick in picks),
        first.astype(np.int64),
        x.shape[-1],
        **_passband(info),
    )


def _of_raw(raw: mne.io.BaseRaw, window_s: float | None, step_s: float | None) -> Signal:
    import mne

    if raw.first_samp:
        raw = from_first_sample(raw.copy().load_data(verbose="error"))
    picks = mne.pick_types(raw.info, eeg=True, exclude="bads")
    names = tuple(raw.ch_names[pick] for pick in picks)
    good, sfreq_hz = good_samples(raw), float(raw.info["sfreq"])
    about: dict[str, Any] = {**_passband(raw.info), "bad_channels": _bad_eeg(raw)}
    if window_s is None:
        x = raw.get_data(picks=picks)[:, good] if len(picks) else np.empty((0, int(good.sum())))
        if x.shape[-1] < MIN_TIMES:
            msg = f"The recording has {x.shape[-1]} good samples; features need {MIN_TIMES} at least."
            raise RecordingError(msg)
        cut_s = float((~good).sum() / sfreq_hz)
        return Signal(lambda _: x, names, np.zeros(1, np.int64), x.shape[-1], cut_s=cut_s, **about)
    n_times, step = _lengths(raw.n_times, sfreq_hz, window_s, step_s)
    starts, left_out = _good_starts(raw, good, n_times, step)
    bad = {names.index(name): mask for name, mask in bad_channel_samples(raw).items() if name in names}

    def window(index: int) -> Floats:
        start = int(starts[index])
        x: Floats = raw.get_data(picks=picks, start=start, stop=start + n_times)
        for channel, mask in bad.items():
            if mask[start : start + n_times].any():
                x[channel] = np.nan
        return x

    return Signal(window, names, starts, n_times, left_out=left_out, **about)


def _bad_eeg(raw: mne.io.BaseRaw) -> tuple[str, ...]:
    kinds = dict(zip(raw.ch_names, raw.get_channel_types(), strict=True))
    return tuple(name for name in raw.info["bads"] if kinds[name] == "eeg")


def _passband(info: mne.Info) -> dict[str, Any]:
    return {"sfreq_hz": info["sfreq"], "highpass_hz": info["highpass"], "lowpass_hz": info["lowpass"]}


def _lengths(n_samples: int, sfreq_hz: float, window_s: float | None, step_s: float | None) -> tuple[int, int]:
    """Samples of a window and between the starts of two."""
    n_times = n_samples if window_s is None else round(window_s * sfreq_hz)
    step = n_times if step_s is None else round(step_s * sfreq_hz)
    _check_length(n_times)
    if step < 1:
        msg = f"Windows every {step_s} s are less than a sample apart at {sfreq_hz} Hz."
        raise ConfigurationError(msg)
    return n_times, step


def _check_length(n_times: int) -> None:
    if n_times < MIN_TIMES:
        msg = f"A window has {n_times} samples; features need {MIN_TIMES} at least. Make it longer."
        raise ConfigurationError(msg)


def _good_starts(raw: mne.io.BaseRaw, good: Mask, n_times: int, step: int) -> tuple[Ints, dict[str, int]]:
    """Where windows start, without those that hold something bad or a discontinuity, which are counted."""
    starts = np.arange(0, raw.n_times - n_times + 1, step, dtype=np.int64)
    n_bad = np.concatenate([[0], np.cumsum(~good)])
    is_bad = n_bad[starts + n_times] > n_bad[starts]
    cuts = np.array([start for start, _ in continuous_spans(raw)], dtype=np.int64)
    # A cut at the first sample of a window is no cut within it.
    broken = np.searchsorted(cuts, starts + n_times - 1, side="right") > np.searchsorted(cuts, starts, side="right")
    left_out = {"bad": int(is_bad.sum()), "break": int((broken & ~is_bad).sum())}
    return starts[~is_bad & ~broken], {reason: count for reason, count in left_out.items() if count}


def batches(signal: Signal, choices: Sequence[Choice]) -> Iterator[Windows]:
    """The windows, as many at once as memory allows for these features."""
    n_channels = len(signal.ch_names)
    values = n_channels * signal.n_times
    if any("pair" in choice.feature.kind for choice in choices):
        values += n_channels * (n_channels - 1) // 2 * signal.n_times // 2
    at_once = max(1, BATCH_VALUES // values)
    for start in range(0, len(signal.starts), at_once):
        data = np.stack([signal.window(index) for index in range(start, min(start + at_once, len(signal.starts)))])
        yield Windows(data, signal.sfreq_hz, signal.highpass_hz, signal.lowpass_hz)
