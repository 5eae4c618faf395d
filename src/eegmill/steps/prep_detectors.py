"""The detectors of PREP, as PyPREP implements them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .channels import positions_m
from .detectors import LARGEST, Detector
from .spans import continuous_spans

if TYPE_CHECKING:
    import mne

LEAST_CHANNELS = 4
LEAST_DURATION_S = 5.0
QUANTITIES: dict[str, tuple[str, str, float | None]] = {
    "nan": ("", "value", None),
    "flat": ("", "standard deviation", None),
    "deviation": ("robust_channel_deviations", "robust z of the amplitude", 5.0),
    "hf_noise": ("hf_noise_zscores", "robust z of the noise above 50 Hz", 5.0),
    "correlation": ("bad_window_fractions", "share of windows unlike every other channel", 0.01),
    "dropout": ("bad_window_fractions", "share of windows without signal", 0.01),
    "SNR": ("", "noisy and unlike every other channel", None),
    "psd": ("psd_zscore", "largest robust z of the power in three bands", 3.0),
    "ransac": ("bad_window_fractions", "share of windows not predicted by the others", 0.4),
}
"""Per detector of PyPREP 0.9: where it keeps a score for each channel, what that is, and the limit."""


def find(raw: mne.io.BaseRaw, picks: Sequence[int], *, seed: int, notes: list[str]) -> list[Detector]:
    """Run PyPREP's ``NoisyChannels`` on the picked channels.

    PyPREP knows no discontinuities: its windows may cross one, which is noted, like what it could not test.

    Parameters
    ----------
    raw : mne.io.BaseRaw
        Not changed.
    seed : int
        For its RANSAC.
    notes : list of str
        Filled with what could not be tested.
    """
    import mne
    from pyprep import NoisyChannels

    if len(picks) < LEAST_CHANNELS or raw.n_times < LEAST_DURATION_S * raw.info["sfreq"]:
        notes.append(f"PREP not tested: needs {LEAST_CHANNELS} channels and {LEAST_DURATION_S:g} s")
        return []
    if len(continuous_spans(raw)) > 1:
        notes.append("PREP's windows may cross the discontinuities of this recording")
    with mne.use_log_level("error"):
        noisy = NoisyChannels(raw.copy().pick(list(picks)), random_state=seed, ransac=False)
        noisy.find_all_bads()
        _ransac(noisy, located=positions_m(raw, list(picks)) is not None, notes=notes)
    bads: dict[str, Any] = noisy.get_bads(as_dict=True)
    names = [raw.ch_names[pick] for pick in picks]
    return [_detector(noisy, kind, bads[f"bad_by_{kind}"], names) for kind in QUANTITIES]


def _ransac(noisy: Any, *, located: bool, notes: list[str]) -> None:
    if not located:
        notes.append("PREP's RANSAC not run: a channel has no position")
        return
    try:
        noisy.find_bad_by_ransac()
    except OSError as error:  # PyPREP's word for too few good channels
        notes.append(f"PREP's RANSAC not run: {str(error).strip()}")


def _detector(noisy: Any, kind: str, bad: Sequence[str], names: Sequence[str]) -> Detector:
    key, quantity, limit = QUANTITIES[kind]
    values = noisy._extra_info.get(f"bad_by_{kind}", {}).get(key) if key else None
    scores = {} if values is None else dict(zip(noisy.ch_names_original, np.asarray(values, dtype=float), strict=True))
    return Detector(
        name=f"prep {kind}",
        quantity=quantity,
        limit=limit,
        scores={
            name: float(np.clip(scores[name], -LARGEST, LARGEST)) if np.isfinite(scores.get(name, np.nan)) else None
            for name in names
        },
        bad=tuple(name for name in names if name in set(bad)),
    )
