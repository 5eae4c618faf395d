"""The detectors of PREP, as PyPREP implements them."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from .detectors import LARGEST, Detector
from .prep_scores import Judged

if TYPE_CHECKING:
    import mne

    from ..types import Floats
    from .signals import Signals

MIN_CHANNELS = 4
MIN_DURATION_S = 5.0
MIN_RATE_HZ = 91.0
RANSAC_WINDOW_S = 5.0
FLAT_V = 1e-15
OUTLIER_SD = 3.0
TRIMMED = 0.1
QUANTITIES: dict[str, tuple[str, float | None]] = {
    "nan": ("value", None),
    "flat": ("standard deviation", None),
    "deviation": ("robust z of the amplitude", 5.0),
    "hf_noise": ("robust z of the noise above 50 Hz", 5.0),
    "correlation": ("share of windows unlike every other channel", 0.01),
    "dropout": ("share of windows without signal", 0.01),
    "SNR": ("noisy and unlike every other channel", None),
    "psd": ("largest robust z of the power in three bands", 3.0),
    "ransac": ("share of windows not predicted by the others", 0.4),
}
"""Per detector of PyPREP 0.9 what its score is, and the limit."""
CORRELATION_WINDOW_S = 1.0


def find(
    signals: Signals, *, seed: int, notes: list[str], outliers_only: bool = False, robust_reference: bool = False
) -> list[Detector]:
    """Run PyPREP's ``NoisyChannels``.

    PyPREP knows no discontinuities: its windows may cross one, which is noted, like what it could not test.

    Criteria like these choose the channels of a robust reference, and another choice moves all scores: where a
    hundredth of noise changed it, correlations in windows moved by 0.02 to 0.12 in the median (19 channels), where it
    did not by 0.0005. So behind such a reference all is measured once more against the average of the channels that
    are good, and what a score moves by then, it may move by with the input.

    Parameters
    ----------
    signals : Signals
        Not changed.
    seed : int
        For its RANSAC.
    notes : list of str
        Filled with what could not be tested.
    outliers_only : bool
        Whether a channel that is unlike every other in more than 1 % of the windows must also be so more often than
        the others of its cap: see `usual_share`.
    robust_reference : bool
        Whether the signals have a robust reference.
    """
    if len(signals.names) < MIN_CHANNELS or signals.longest_s < MIN_DURATION_S or signals.rate_hz < MIN_RATE_HZ:
        notes.append(f"PREP not run: needs {MIN_CHANNELS} channels, {MIN_DURATION_S:g} s and {MIN_RATE_HZ:g} Hz")
        return []
    if len(signals.spans) > 1:
        notes.append("PREP's windows may cross the discontinuities of this recording")
    if all(_flat(channel) for channel in signals.channels):  # PyPREP cannot even be asked
        notes.append(f"PREP's other criteria not run: all channels are flat, by its limit of {FLAT_V:g} V")
        scores = {name: float(channel.std()) for name, channel in zip(signals.names, signals.channels, strict=True)}
        quantity = f"{QUANTITIES['flat'][0]} in V"
        return [Detector(name="prep flat", quantity=quantity, limit=FLAT_V, scores=scores, bad=signals.names)]
    judged = _judged(signals, seed=seed, notes=notes, outliers_only=outliers_only)
    bad = {name for names in judged.bads.values() for name in names}
    other = None
    if robust_reference and len(bad) < len(signals.names):
        other = _judged(_against_mean_without(signals, bad), seed=seed, notes=[], outliers_only=outliers_only)
    return [_detector(kind, judged, other) for kind in QUANTITIES]


def _judged(signals: Signals, *, seed: int, notes: list[str], outliers_only: bool) -> Judged:
    import mne
    from pyprep import NoisyChannels

    # Channels that are all alike make it divide by zero; what it finds then is bad all the same.
    with mne.use_log_level("error"), np.errstate(all="ignore"):
        noisy = NoisyChannels(_raw(signals), random_state=seed, ransac=False)
        noisy.find_all_bads()
        seconds = sum(stop - start for start, stop in signals.spans) / signals.rate_hz
        usual = _with_usual_limit(noisy, notes, seconds=seconds) if outliers_only else {}
        _ransac(noisy, located=len(signals.located) == len(signals.names), notes=notes)
    noisy.EEGData = noisy.EEGFiltered = noisy.raw_mne = None  # each as large as the recording
    return Judged(noisy, {kind: limit for kind, (_, limit) in QUANTITIES.items()} | usual)


def _against_mean_without(signals: Signals, bad: Collection[str]) -> Signals:
    """The same against the average of the channels that are not bad."""
    reference = np.mean(
        [channel for name, channel in zip(signals.names, signals.channels, strict=True) if name not in bad], axis=0
    )
    return replace(signals, channels=tuple(channel - reference for channel in signals.channels))


def usual_share(shares: Floats, n_windows: float) -> float:
    """A share of windows that few channels of this cap exceed by chance: p + 3 · sqrt(p (1 - p) / n_windows).

    p is the mean share over channels, the highest tenth of them left out: the share at which a good channel of this cap
    is unlike every other. Where electrodes lie 6 cm apart, as on caps of 19, that is 1 to 3 %, and the published limit
    of 1 % takes a third of the channels, the forehead first. On dense caps it is 0.

    ``shares`` (n_channels,), of windows.
    """
    kept = np.sort(shares)[: max(1, round((1 - TRIMMED) * len(shares)))]
    p = float(kept.mean())
    return p + OUTLIER_SD * math.sqrt(p * (1 - p) / max(n_windows, 1.0))


def _with_usual_limit(noisy: Any, notes: list[str], *, seconds: float) -> dict[str, float]:
    """Take those back that are no outliers, before RANSAC leaves them out of its predictions."""
    shares = np.asarray(noisy._extra_info["bad_by_correlation"]["bad_window_fractions"], dtype=float)
    usual = usual_share(shares[np.isfinite(shares)], seconds / CORRELATION_WINDOW_S)
    limit = max(usual, QUANTITIES["correlation"][1] or 0.0)
    found = dict(zip(noisy.ch_names_original, shares, strict=True))
    kept = [name for name in noisy.bad_by_correlation if found[name] > limit]
    back = [name for name in noisy.bad_by_correlation if name not in kept]
    if back:
        notes.append(
            f"unlike every other channel in more than 1 % of the windows, but no more often than others of this cap "
            f"(limit {limit:.3f}): {', '.join(map(str, back))}"
        )
    noisy.bad_by_correlation = kept
    noisy.bad_by_SNR = [name for name in noisy.bad_by_SNR if name in kept]
    return {"correlation": limit}


def _flat(channel: Floats) -> bool:
    return bool(channel.std() < FLAT_V or np.median(np.abs(channel - np.median(channel))) < FLAT_V)


def _raw(signals: Signals) -> mne.io.BaseRaw:
    import mne

    info = mne.create_info(list(signals.names), signals.rate_hz, "eeg")
    for channel, position in zip(info["chs"], signals.positions, strict=True):
        channel["loc"][:3] = np.nan if position is None else position
    return mne.io.RawArray(np.stack(signals.channels), info)


def _ransac(noisy: Any, *, located: bool, notes: list[str]) -> None:
    if not located:
        notes.append("PREP's RANSAC not run: a channel has no position")
        return
    if noisy.n_samples <= RANSAC_WINDOW_S * noisy.sample_rate:
        notes.append(f"PREP's RANSAC not run: it needs more than {RANSAC_WINDOW_S:g} s")
        return
    excluded = {*noisy.bad_by_correlation, *noisy.bad_by_deviation, *noisy.bad_by_dropout}
    if excluded.issuperset(noisy.ch_names_new):
        notes.append("PREP's RANSAC not run: no channel is good by its other criteria")
        return
    try:
        noisy.find_bad_by_ransac()
    except OSError as error:  # PyPREP's word for too few good channels
        notes.append(f"PREP's RANSAC not run: {str(error).strip()}")


def _detector(kind: str, judged: Judged, other: Judged | None) -> Detector:
    bad, limit = set(judged.bads[kind]), judged.limits[kind]
    values, spread = judged.scores(kind), judged.uncertainties(kind, other)
    scores = {} if values is None else _by_name(judged, values)
    changes = {} if spread is None else _by_name(judged, spread)
    # Who is bad by another word of the criterion (power that rises with the frequency) is so whatever its score.
    firm = bad if limit is None else {name for name in bad if scores.get(name, 0.0) <= limit}
    return Detector(
        name=f"prep {kind}",
        quantity=QUANTITIES[kind][0],
        limit=limit,
        scores={name: scores.get(name) for name in judged.names},
        bad=tuple(name for name in judged.names if name in bad),
        uncertainties={name: change for name, change in changes.items() if name in scores and name not in firm},
    )


def _by_name(judged: Judged, values: Floats) -> dict[str, float]:
    """Those that are finite."""
    named = zip(judged.names, values, strict=True)
    return {name: float(np.clip(value, -LARGEST, LARGEST)) for name, value in named if np.isfinite(value)}
