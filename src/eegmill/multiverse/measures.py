"""What is measured of one cleaned recording: amplitudes with their error, decoding, band powers, decisions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from ..benchmark.splits import Split
from ..chain import Chain
from ..metrics import metrics_of
from ..recording import Recording
from ..records import original_times_s
from ..signal.spectra import mean_power
from ..signal.timeline import continuous_spans, good_samples
from ..signal.types import Floats, Ints, Mask
from ..steps.epochs import cut, event_onsets, matches
from .decoding import Decoded, decoded
from .grid import Decoding, Measures, Trials

if TYPE_CHECKING:
    import mne

WINDOW_S = 2.0
"""Of the power spectrum."""
COUNTED = {
    "n_bad_channels": "channels",
    "n_interpolated": "channels",
    "n_components": "components",
    "n_components_removed": "components",
    "good_fraction": "1",
    "n_epochs": "epochs",
}
"""Key figures of a record that tell its decisions, with their units."""


@dataclass(frozen=True)
class SourceTrials:
    """The trials of a recording before cleaning: what those of all universes are told apart by."""

    events: tuple[str, ...]
    onsets_s: Floats
    conditions: Ints
    """Index of the condition of each trial. (n_trials,)"""


@dataclass(frozen=True)
class Value:
    """One number."""

    measure: str
    value: float
    unit: str


@dataclass(frozen=True)
class Measured:
    """What is known of one universe on one recording."""

    values: tuple[Value, ...]
    trials: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    """Indices of the source's trials that were kept."""
    amplitudes_uv: Floats = field(default_factory=lambda: np.empty(0))
    """Of these trials; NaN where none is measured."""
    decisions: Floats = field(default_factory=lambda: np.empty(0))
    """Of the classifier, for these trials: above 0 for the first condition; NaN where there is no classifier."""
    notes: tuple[str, ...] = ()


def source_trials(recording: Recording, wanted: Trials | None) -> SourceTrials:
    """The trials of the conditions wanted, by their onsets in the recording as it was read."""
    sfreq_hz = float(recording.raw.info["sfreq"])
    found = [
        (onset.event, onset.sample / sfreq_hz, condition)
        for onset in (event_onsets(recording.raw) if wanted else ())
        for condition, name in enumerate(wanted.events if wanted else ())
        if matches(onset.event, name)
    ]
    return SourceTrials(
        events=tuple(event for event, _, _ in found),
        onsets_s=np.array([onset_s for _, onset_s, _ in found]),
        conditions=np.array([condition for _, _, condition in found], dtype=np.int64),
    )


def measured(chain: Chain, measures: Measures, source: SourceTrials) -> Measured:
    """Measure a cleaned recording. It is not changed."""
    values = [*_counts(chain), *_powers(chain.recording.raw, measures.bands)]
    if measures.trials is None:
        return Measured(tuple(values))
    epochs = _epochs(chain, measures.trials)
    kept, rows = _kept(epochs, chain, source) if epochs is not None else (np.empty(0, np.int64), np.empty(0, np.int64))
    conditions = source.conditions[kept]
    notes = []
    if epochs is not None and len(rows) < len(epochs):
        notes.append(f"{len(epochs) - len(rows)} epochs are of no trial of the source")
    amplitudes, decisions = np.full(len(kept), np.nan), np.full(len(kept), np.nan)
    if measures.erp and epochs is not None:
        absent = [name for name in measures.erp.channels if name not in epochs.ch_names]
        notes += [f"erp: {', '.join(absent)} not in the recording"] if absent else []
        amplitudes, used = _amplitudes_uv(epochs, rows, measures.erp.channels, measures.erp.window_s)
        values += [
            *_difference(amplitudes, conditions, measures.trials.events),
            Value("erp_channels", used, "channels"),
        ]
    if measures.decoding and epochs is not None:
        told = _decoded(epochs, rows, conditions, source.onsets_s[kept], measures.decoding)
        decisions = told.decisions
        values += _score(told)
        notes += [told.note] if told.note else []
    return Measured(tuple(values), kept, amplitudes, decisions, tuple(notes))


def _counts(chain: Chain) -> Iterator[Value]:
    removed = {index for step in chain.steps for index in step.read_back().removed_components}
    figures = metrics_of(chain.recording, n_removed=len(removed))
    for name, unit in COUNTED.items():
        if isinstance(value := figures.get(name), int | float):
            yield Value(name, float(value), unit)


def _powers(raw: mne.io.BaseRaw, bands: Mapping[str, tuple[float, float]]) -> Iterator[Value]:
    """Mean over the good EEG channels of the power in bands, in decibels of 1 µV²; NaN where nothing is good."""
    import mne

    sfreq_hz = float(raw.info["sfreq"])
    n_window = round(WINDOW_S * sfreq_hz)
    starts = _window_starts(raw, good_samples(raw), n_window)
    picks = mne.pick_types(raw.info, eeg=True, exclude="bads")
    if not len(starts) or not len(picks):
        yield from (Value(f"power_{name}", np.nan, "dB") for name in bands)
        return
    scale = 2e12 / (sfreq_hz * np.sum(np.hanning(n_window) ** 2)) * sfreq_hz / n_window
    spectra = np.array([mean_power(raw._data[pick], starts, n_window) for pick in picks]) * scale
    freqs_hz = np.arange(spectra.shape[1]) * sfreq_hz / n_window
    for name, (low_hz, high_hz) in bands.items():
        powers = spectra[:, (freqs_hz >= low_hz) & (freqs_hz < high_hz)].sum(axis=1)
        powers = powers[powers > 0]
        yield Value(f"power_{name}", float(np.mean(10 * np.log10(powers))) if len(powers) else np.nan, "dB")


def _window_starts(raw: mne.io.BaseRaw, good: Mask, n_window: int) -> Ints:
    starts = np.concatenate(
        [np.arange(start, stop - n_window + 1, n_window, dtype=np.int64) for start, stop in continuous_spans(raw)]
    )
    n_bad = np.concatenate([[0], np.cumsum(~good)])
    return np.asarray(starts[n_bad[starts + n_window] == n_bad[starts]])


def _epochs(chain: Chain, wanted: Trials) -> mne.BaseEpochs | None:
    """The epochs of the recipe if they are around these events, else new ones; None where there are none."""
    recording = chain.recording
    made = recording.epochs
    names = set() if made is None or made.metadata is None else set(made.metadata.get("trial_type", ()))
    if made is not None and all(any(matches(name, event) for name in names) for event in wanted.events):
        return made
    onsets = [
        onset for onset in event_onsets(recording.raw) if any(matches(onset.event, event) for event in wanted.events)
    ]
    by_sample = {onset.sample: onset for onset in reversed(onsets)}
    if not by_sample:
        return None
    first = [by_sample[sample] for sample in sorted(by_sample)]
    found = cut(recording.raw, first, *wanted.epoch_s, wanted.baseline_s, reject_by_annotation=True)
    return found if len(found) else None


def _kept(epochs: mne.BaseEpochs, chain: Chain, source: SourceTrials) -> tuple[Ints, Ints]:
    """Indices of the source's trials, and of the epochs that are theirs, in the order of the trials."""
    sfreq_hz = float(epochs.info["sfreq"])
    rows: dict[int, int] = {}
    times = original_times_s(np.asarray(epochs.metadata["onset"], dtype=float), chain.steps)
    for row, (event, onset_s) in enumerate(zip(epochs.metadata["trial_type"], times, strict=True)):
        same = np.array([name == event for name in source.events], dtype=bool)
        distances = np.where(same, np.abs(source.onsets_s - onset_s), np.inf) if len(same) else np.array([np.inf])
        if distances.min() < 2 / sfreq_hz:
            rows[int(distances.argmin())] = row
    kept = sorted(rows)
    return np.array(kept, dtype=np.int64), np.array([rows[trial] for trial in kept], dtype=np.int64)


def _amplitudes_uv(
    epochs: mne.BaseEpochs, rows: Ints, channels: Sequence[str], window_s: tuple[float, float]
) -> tuple[Floats, int]:
    """Mean amplitude of each trial over those of the channels that are there and good, and how many these are."""
    names = [name for name in channels if name in epochs.ch_names and name not in epochs.info["bads"]]
    if not names or not len(rows):
        return np.full(len(rows), np.nan), len(names)
    x = epochs.get_data(picks=names, verbose="error")[rows]
    inside = (epochs.times >= window_s[0] - 1e-9) & (epochs.times <= window_s[1] + 1e-9)
    return 1e6 * x[:, :, inside].mean(axis=(1, 2)), len(names)


def _difference(amplitudes_uv: Floats, conditions: Ints, events: Sequence[str]) -> Iterator[Value]:
    """Mean amplitude, or its difference between two conditions, with the standardized measurement error.

    That error is the standard deviation over trials divided by the square root of their number; of a difference, the
    root of the sum of squares (Luck SJ et al. Psychophysiology 2021;58:e13793, doi:10.1111/psyp.13793).
    """
    groups = [amplitudes_uv[conditions == index] for index in range(len(events))]
    enough = all(len(group) > 1 and np.isfinite(group).all() for group in groups)
    means = [float(group.mean()) if enough else np.nan for group in groups]
    errors = [float(group.std(ddof=1) / np.sqrt(len(group))) if enough else np.nan for group in groups]
    yield Value("erp", means[0] - (means[1] if len(means) > 1 else 0.0), "µV")
    yield Value("erp_error", float(np.sqrt(np.sum(np.square(errors)))), "µV")
    yield Value("erp_freedom", _freedom(errors, [len(group) for group in groups]), "1")
    for event, group in zip(events, groups, strict=True):
        yield Value(f"n_trials_{event}", float(len(group)), "trials")


def _freedom(errors: Sequence[float], counts: Sequence[int]) -> float:
    """Degrees of freedom of an error that is made of several (Satterthwaite FE. Biometrics Bulletin 1946;2:110-114)."""
    squares = np.square(errors)
    below = float(np.sum(squares**2 / np.maximum(np.array(counts) - 1, 1)))
    return float(squares.sum() ** 2 / below) if below > 0 else np.nan


def binned(epochs: mne.BaseEpochs, rows: Ints, bin_s: float) -> Floats:
    """Good EEG channels from the event on, averaged in bins, (n_trials, n_channels * n_bins), in µV."""
    import mne

    picks = mne.pick_types(epochs.info, eeg=True, exclude="bads")
    behind = np.flatnonzero(epochs.times >= -1e-9)
    n_bin = max(1, round(bin_s * float(epochs.info["sfreq"])))
    n_bins = len(behind) // n_bin
    if not len(picks) or not n_bins or not len(rows):
        return np.empty((len(rows), 0))
    x = epochs.get_data(picks=picks, verbose="error")[rows][:, :, behind[: n_bins * n_bin]]
    return np.asarray(1e6 * x.reshape(len(rows), len(picks), n_bins, n_bin).mean(axis=3).reshape(len(rows), -1))


def _decoded(epochs: mne.BaseEpochs, rows: Ints, conditions: Ints, onsets_s: Floats, wanted: Decoding) -> Decoded:
    """Trials are as far apart as they were before anything was cut out."""
    return decoded(
        binned(epochs, rows, wanted.bin_s),
        conditions == 0,
        onsets_s,
        duration_s=len(epochs.times) / float(epochs.info["sfreq"]),
        split=Split(by="blocks", n_folds=wanted.folds, gap_s=wanted.gap_s),
    )


def _score(found: Decoded) -> Iterator[Value]:
    yield Value("decoding", found.score, "AUC")
    yield Value("decoding_error", found.error, "AUC")
    yield Value("decoding_chance_error", found.chance_error, "AUC")
