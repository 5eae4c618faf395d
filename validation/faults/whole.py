"""Faults of all channels at once: of their unit, sign, order, places or reference."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from validation.faults.truth import Injected, Truth, begin, placed

if TYPE_CHECKING:
    import mne


def inject_file_gain(raw: mne.io.BaseRaw, *, seed: int, dose: float) -> Injected:
    """Multiply all EEG channels by ``dose``."""
    raw, picks, _ = begin(raw, seed)
    raw._data[picks] *= dose
    return raw, Truth("file_gain", dose)


def inject_inverted_file(raw: mne.io.BaseRaw, *, seed: int, dose: float) -> Injected:
    """Invert all EEG channels; ``dose`` is 1 (0: none)."""
    raw, picks, _ = begin(raw, seed)
    raw._data[picks] *= -1 if dose else 1
    return raw, Truth("inverted_file", dose)


def inject_shift(raw: mne.io.BaseRaw, *, seed: int, dose: float) -> Injected:
    """Give each channel the signal that lies ``dose`` channels before it in the file, around the ends."""
    raw, picks, _ = begin(raw, seed)
    raw._data[picks] = np.roll(raw._data[picks], round(dose), axis=0)
    return raw, Truth("shift", dose)


def inject_rotation(raw: mne.io.BaseRaw, *, seed: int, dose: float) -> Injected:
    """Put the cap on rotated by ``dose`` degrees (anticlockwise from above): each name gets the signal of that place."""
    angle = np.deg2rad(dose)
    turn = np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]])
    return _moved(raw, seed, turn, "rotation", dose)


def inject_mirror(raw: mne.io.BaseRaw, *, seed: int, dose: float) -> Injected:
    """Mirror the places: front and back for ``dose`` 1, left and right for 0 (which no symmetric head can tell)."""
    flip = np.diag([1.0, -1.0, 1.0]) if dose else np.diag([-1.0, 1.0, 1.0])
    return _moved(raw, seed, flip, "mirror", dose)


def inject_reference(raw: mne.io.BaseRaw, *, seed: int, dose: float) -> Injected:
    """Subtract ``dose`` times the mean of all good EEG channels: at 1 their average reference, which nobody declares."""
    raw, picks, _ = begin(raw, seed)
    raw._data[picks] -= dose * raw._data[picks].mean(axis=0)
    return raw, Truth("reference", dose)


def _moved(raw: mne.io.BaseRaw, seed: int, change: np.ndarray, fault: str, dose: float) -> Injected:
    """Give each name the signal of the electrode nearest to where its place is moved to, each signal once."""
    from scipy.optimize import linear_sum_assignment

    raw, picks, _ = begin(raw, seed)
    kept, places = placed(raw, picks)
    centred = places - places.mean(axis=0)
    distance = np.linalg.norm((centred @ change.T)[:, None] - centred, axis=2)
    raw._data[kept] = raw._data[np.array(kept)[linear_sum_assignment(distance**2)[1]]]
    return raw, Truth(fault, dose)
