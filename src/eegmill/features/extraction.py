"""Features of a recording: cut into windows, what is bad left out and counted, in batches of bounded memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import ConfigurationError, RecordingError
from ..recording import from_first_sample
from ..signal.timeline import bad_channel_samples, continuous_spans, good_samples
from ..signal.types import Floats, Ints, Mask
from .contract import Kind, Windows
from .tree import Batch, Choice, Wanted, choose

if TYPE_CHECKING:
    import mne
    import pandas as pd

MIN_TIMES = 16
"""Samples that a window must have: below, most features say nothing."""
BATCH_VALUES = 2_000_000
"""Numbers a batch of windows may have: with what is computed of them they fill some hundred megabytes."""


@dataclass(frozen=True)
class Column:
    """Values of one feature, or of one part of it."""

    label: str
    family: str
    kind: Kind
    unit: str
    values: Floats
    """(n_windows, n_channels), (n_windows, n_pairs), or (n_windows, 1), by kind."""


@dataclass(frozen=True)
class FeatureTable:
    """Features of one recording."""

    ch_names: tuple[str, ...]
    onsets_s: Floats
    """Of the windows, from the first sample of the recording; of epochs: of their first samples. (n_windows,)"""
    duration_s: float
    columns: tuple[Column, ...]
    choices: tuple[Choice, ...]
    left_out: Mapping[str, int] = field(default_factory=dict)
    """How many windows were left out, by the reason: ``bad`` or ``break``."""
    cut_s: float = 0.0
    """Seconds that were cut out of the one window of a whole recording."""
    bad_channels: tuple[str, ...] = ()
    """Channels that are not in the table because they are bad."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader of the numbers should know, in sentences."""
        empty = [column.label for column in self.columns if column.values.size and np.isnan(column.values).all()]
        found = [
            f"{count} {'window was' if count == 1 else 'windows were'} left out: {reason}."
            for reason, count in sorted(self.left_out.items())
        ]
        if self.cut_s:
            found.append(f"{self.cut_s:g} s that are bad were cut out.")
        if self.bad_channels:
            found.append(f"Bad channels were left out: {', '.join(self.bad_channels)}.")
        if empty:
            found.append(f"Not defined for these windows or this passband: {', '.join(empty)}.")
        return tuple(found)

    def sites(self, kind: Kind) -> tuple[str, ...]:
        """What a feature of a kind has one value of: channels, ``A<>B``, ``A->B``, or one empty name for all."""
        return sites(self.ch_names, kind)

    def to_long(self) -> pd.DataFrame:
        """One row a value: ``onset_s``, ``channel``, ``feature``, ``value``, ``unit``."""
        import pandas as pd

        parts = [
            pd.DataFrame(
                {
                    "onset_s": np.repeat(self.onsets_s, len(names)),
                    "channel": np.tile(np.array(names, dtype=object), len(self.onsets_s)),
                    "feature": column.label,
                    "value": column.values.ravel(),
                    "unit": column.unit,
                }
            )
            for column in self.columns
            for names in [self.sites(column.kind)]
        ]
        return pd.concat(parts, ignore_index=True)

    def to_wide(self) -> pd.DataFrame:
        """One row a window, by its onset; columns ``<feature>_<channel>``."""
        import pandas as pd

        return pd.DataFrame(self.to_numpy(), columns=self.column_names(), index=pd.Index(self.onsets_s, name="onset_s"))

    def to_numpy(self) -> Floats:
        """Values of `to_wide`, (n_windows, n_columns)."""
        return np.concatenate([column.values for column in self.columns], axis=1)

    def column_names(self) -> list[str]:
        """Columns of `to_wide`."""
        return [
            f"{column.label}_{site}" if site else column.label
            for column in self.columns
            for site in self.sites(column.kind)
        ]


def sites(ch_names: Sequence[str], kind: Kind) -> tuple[str, ...]:
    """Names of what a feature of a kind has values of, in their order."""
    if kind == "channel":
        return tuple(ch_names)
    if kind == "all channels":
        return ("",)
    pairs = [(a, b) for i, a in enumerate(ch_names) for b in ch_names[i + 1 :]]
    if kind == "pair":
        return tuple(f"{a}<>{b}" for a, b in pairs)
    return tuple([f"{a}->{b}" for a, b in pairs] + [f"{b}->{a}" for a, b in pairs])


def extract(
    source: mne.io.BaseRaw | mne.BaseEpochs | Floats,
    features: Wanted | Iterable[Wanted],
    *,
    window_s: float | None = 2.0,
    step_s: float | None = None,
    sfreq_hz: float | None = None,
    ch_names: Sequence[str] | None = None,
) -> FeatureTable:
    """Compute features.

    Parameters
    ----------
    source : Raw, Epochs, or array
        EEG channels that are not bad are used. An array has the shape (n_channels, n_times), a recording, or
        (n_windows, n_channels, n_times), and should be in volts.
    features
        Families or features by name (``features.names()``), with parameters (``{"signal_quantile": {"q": 0.9}}``),
        or behind a transform (``{"envelope": {"features": ["signal_mean"]}}``).
    window_s : float or None
        Length of the windows of a recording, which lie every ``step_s``; by default side by side. None: one window,
        the whole recording, with what is bad cut out. Not used for epochs.
    sfreq_hz, ch_names
        Of an array.

    Returns
    -------
    FeatureTable
        A window that is bad in part, or holds a discontinuity, is left out and counted; a channel that is bad in a
        window is NaN there.

    Raises
    ------
    ConfigurationError
        If a feature or a parameter is unknown, or a window has too few samples.
    RecordingError
        If no EEG channel, or no window, is left.

    Examples
    --------
    >>> import numpy as np
    >>> from eegmill import features
    >>> noise = 1e-5 * np.random.default_rng(0).standard_normal((2, 1000))
    >>> table = features.extract(noise, "signal", sfreq_hz=250.0, ch_names=["Cz", "Pz"])
    >>> table.to_wide().shape
    (2, 28)
    """
    choices = choose(features)
    signal = _signal_of(source, window_s, step_s, sfreq_hz, ch_names)
    if not signal.ch_names or not len(signal.starts):
        missing = "window that is good as a whole" if signal.ch_names else "good EEG channel"
        msg = f"There is no {missing} to compute features of ({signal.about})."
        raise RecordingError(msg)
    batches = [_computed(choices, windows) for windows in _batches(signal, choices)]
    columns = tuple(
        replace(first, values=np.concatenate([batch[label].values for batch in batches]))
        for label, first in batches[0].items()
    )
    return FeatureTable(
        ch_names=signal.ch_names,
        onsets_s=signal.starts / signal.sfreq_hz,
        duration_s=signal.n_times / signal.sfreq_hz,
        columns=columns,
        choices=choices,
        left_out=signal.left_out,
        cut_s=signal.cut_s,
        bad_channels=signal.bad_channels,
    )


@dataclass(frozen=True)
class _Signal:
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


def _signal_of(
    source: Any, window_s: float | None, step_s: float | None, sfreq_hz: float | None, ch_names: Sequence[str] | None
) -> _Signal:
    if isinstance(source, np.ndarray):
        return _of_array(source, window_s, step_s, sfreq_hz, ch_names)
    if hasattr(source, "events"):
        return _of_epochs(source)
    return _of_raw(source, window_s, step_s)


def _of_array(
    x: Floats, window_s: float | None, step_s: float | None, sfreq_hz: float | None, ch_names: Sequence[str] | None
) -> _Signal:
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
        return _Signal(lambda index: x[index], names, starts, x.shape[-1], sfreq_hz)
    n_times, step = _lengths(x.shape[-1], sfreq_hz, window_s, step_s)
    starts = np.arange(0, x.shape[-1] - n_times + 1, step, dtype=np.int64)
    return _Signal(lambda index: x[:, starts[index] : starts[index] + n_times], names, starts, n_times, sfreq_hz)


def _of_epochs(epochs: mne.BaseEpochs) -> _Signal:
    import mne

    picks = mne.pick_types(epochs.info, eeg=True, exclude="bads")
    x = epochs.get_data(picks=picks, verbose="error") if len(picks) else np.empty((len(epochs), 0, len(epochs.times)))
    _check_length(x.shape[-1])
    info = epochs.info
    first = epochs.events[:, 0] + round(epochs.tmin * info["sfreq"])
    return _Signal(
        lambda index: x[index],
        tuple(info["ch_names"][pick] for pick in picks),
        first.astype(np.int64),
        x.shape[-1],
        **_passband(info),
    )


def _of_raw(raw: mne.io.BaseRaw, window_s: float | None, step_s: float | None) -> _Signal:
    import mne

    if raw.first_samp:
        raw = from_first_sample(raw.copy().load_data(verbose="error"))
    picks = mne.pick_types(raw.info, eeg=True, exclude="bads")
    names = tuple(raw.ch_names[pick] for pick in picks)
    good, sfreq_hz = good_samples(raw), float(raw.info["sfreq"])
    about: dict[str, Any] = {**_passband(raw.info), "bad_channels": _bad_eeg(raw)}
    if window_s is None:
        x = raw.get_data(picks=picks)[:, good] if len(picks) else np.empty((0, int(good.sum())))
        _check_length(x.shape[-1])
        cut_s = float((~good).sum() / sfreq_hz)
        return _Signal(lambda _: x, names, np.zeros(1, np.int64), x.shape[-1], cut_s=cut_s, **about)
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

    return _Signal(window, names, starts, n_times, left_out=left_out, **about)


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


def _batches(signal: _Signal, choices: Sequence[Choice]) -> Iterator[Windows]:
    n_channels = len(signal.ch_names)
    values = n_channels * signal.n_times
    if any("pair" in choice.feature.kind for choice in choices):
        values += n_channels * (n_channels - 1) // 2 * signal.n_times // 2
    at_once = max(1, BATCH_VALUES // values)
    for start in range(0, len(signal.starts), at_once):
        data = np.stack([signal.window(index) for index in range(start, min(start + at_once, len(signal.starts)))])
        yield Windows(data, signal.sfreq_hz, signal.highpass_hz, signal.lowpass_hz)


def _computed(choices: Sequence[Choice], windows: Windows) -> dict[str, Column]:
    batch = Batch(windows)
    return {
        label: Column(label, feature.family, feature.kind, feature.unit, _in_columns(values))
        for choice in choices
        for feature in [choice.feature]
        for label, values in batch.values(choice).items()
    }


def _in_columns(values: Floats) -> Floats:
    return values[:, None] if values.ndim == 1 else values


def transformer(features: Wanted | Iterable[Wanted], *, sfreq_hz: float, ch_names: Sequence[str] | None = None) -> Any:
    """A transformer for pipelines of scikit-learn: (n_windows, n_channels, n_times) to (n_windows, n_columns).

    Features that learn are fitted before they are given here.
    """
    from sklearn.preprocessing import FunctionTransformer

    wanted = features if isinstance(features, str | Mapping) else list(features)  # type: ignore[arg-type]
    return FunctionTransformer(_wide, kw_args={"features": wanted, "sfreq_hz": sfreq_hz, "ch_names": ch_names})


def _wide(x: Floats, **about: Any) -> Floats:
    return extract(x, **about).to_numpy()
