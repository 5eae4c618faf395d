"""Where the eyes are, by the blinks: in front, and positive, if the names of the channels and their sign are right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..timeline import good_samples

if TYPE_CHECKING:
    from collections.abc import Sequence

    import mne

    from ..types import Floats, Ints

RATE_HZ = 32.0
"""Samples are averaged to this rate: a blink lasts 0.1 to 0.4 s."""
BASELINE_S = 1.0
"""A moving mean over this time is subtracted, so that drifts do not count."""
MIN_TIMES_USUAL = 4.0
"""A blink stands out of the usual field by this much."""
HALF_WIDTH_S = (0.06, 0.35)
"""How long a blink is above half of its height."""
MIN_BLINKS = 5
MIN_SHARE = 0.5
"""Of the largest events, to be blinks of one topography."""
MAX_EVENTS = 120
SAME = 0.9
"""Correlation of two topographies that are the same."""
EYE = (0.95, -0.3)
"""Forward and downward part of the direction of the eyes, from the middle of the head."""
SHARPNESS = (3.0, 6.0, 12.0)
"""How fast the field falls with the cosine of the angle from the eyes: by montage and reference."""
STEP_DEG = 15
MIN_FIT = 0.8
"""Correlation of the blinks' topography with the field of eyes in some direction. Eyes in front: 0.91 to 0.97; where
electrodes of a turned cap lie elsewhere than those whose signals they carry, 0.66 to 0.95."""
MIN_CHANNELS = 12
NOISY = 4.0
"""A channel that is typically so many times larger than the median of all is left out: it would make every event its
own."""


@dataclass(frozen=True)
class Eyes:
    """What the blinks say."""

    n_blinks: int
    direction_deg: float
    """Where the eyes seem to be, anticlockwise from the front as seen from above."""
    sign: int
    """1 where the eyes are positive in a blink, as they are."""
    fit: float
    """Correlation of the topography with that of eyes in this direction, ..."""
    fit_in_front: float
    """... and with that of eyes in front that are positive in a blink."""
    amplitude_v: float
    """Of the median blink, at the electrode where it is largest, against the mean of all."""
    second: float
    """Size of the topography at the second largest electrode, in that at the largest: little for one that is bad."""


def eyes(raw: mne.io.BaseRaw, picks: Sequence[int], places: Floats) -> Eyes | None:
    """Find the blinks without asking where they should be; None where there are too few, or none like them.

    A blink is a short event of one sign that stands out in the whole field, and that comes back with one topography.
    The topography is compared with the field of eyes in all directions.

    Parameters
    ----------
    raw
        Finite samples in volts.
    picks
        Channels with a position, by their indices.
    places : array, shape (n_channels, 3)
        Unit vectors of their electrodes.

    References
    ----------
    Berg P, Scherg M. Dipole modelling of eye activity and its application to the removal of eye artefacts from the
    EEG and MEG. Clin Phys Physiol Meas 1991;12 Suppl A:49-54, doi:10.1088/0143-0815/12/A/010: the cornea is positive,
    and blinks are at their largest above the eyes.
    """
    if len(picks) < MIN_CHANNELS:
        return None
    field = _slow_field(raw, picks)
    usual = np.median(np.abs(field), axis=1)
    calm = usual <= NOISY * np.median(usual)
    field, places = field[calm] - field[calm].mean(axis=0), places[calm]
    peaks = _events(field)
    if len(peaks) < MIN_BLINKS:
        return None
    members, pattern = _repeated(field[:, peaks])
    if members.sum() < max(MIN_BLINKS, MIN_SHARE * len(peaks)):
        return None
    angles = np.arange(0, 360, STEP_DEG)
    fits = np.array([fit_of(pattern, places, float(angle)) for angle in angles])
    best = int(np.argmax(np.abs(fits)))
    if abs(fits[best]) < MIN_FIT:
        return None
    height = np.abs(field[:, peaks[members]]).max(axis=0)
    return Eyes(
        n_blinks=int(members.sum()),
        direction_deg=float(angles[best]),
        sign=1 if fits[best] > 0 else -1,
        fit=float(abs(fits[best])),
        fit_in_front=float(fits[0]),
        amplitude_v=float(np.median(height)),
        second=float(np.divide(*np.partition(np.abs(pattern), -2)[-2:])),
    )


def fit_of(pattern: Floats, places: Floats, direction_deg: float) -> float:
    """Correlation of a topography, (n_channels,), with the field of positive eyes in a direction."""
    angle, (forward, up) = np.deg2rad(direction_deg), EYE
    eye = np.array([-forward * np.sin(angle), forward * np.cos(angle), up])
    cosines = places @ (eye / np.linalg.norm(eye))
    fits = [float(np.corrcoef(pattern, np.exp(sharp * (cosines - 1)))[0, 1]) for sharp in SHARPNESS]
    return max(fits, key=abs)


def _slow_field(raw: mne.io.BaseRaw, picks: Sequence[int]) -> Floats:
    """Means over short stretches, without drifts and against their average, shape (n_channels, n_stretches)."""
    from scipy.ndimage import uniform_filter1d

    every = max(round(float(raw.info["sfreq"]) / RATE_HZ), 1)
    n = raw.n_times // every
    rate_hz = float(raw.info["sfreq"]) / every
    field = np.array([raw._data[pick][: n * every].reshape(n, every).mean(axis=1) for pick in picks])
    field -= uniform_filter1d(field, 2 * round(BASELINE_S * rate_hz / 2) + 1, axis=1)
    field -= field.mean(axis=0)
    field[:, ~good_samples(raw)[: n * every].reshape(n, every).all(axis=1)] = 0.0
    return field


def _events(field: Floats) -> Ints:
    """Peaks of the whole field that stand out and last as long as blinks do, the largest of them."""
    from scipy.signal import find_peaks

    power = field.std(axis=0)
    usual = float(np.median(power[power > 0])) if power.any() else 0.0
    if not usual:
        return np.zeros(0, dtype=np.int64)
    low, high = (seconds * RATE_HZ for seconds in HALF_WIDTH_S)
    peaks, _ = find_peaks(
        power, height=MIN_TIMES_USUAL * usual, distance=round(0.4 * RATE_HZ), width=(low, high), rel_height=0.5
    )
    largest = np.argsort(-power[peaks], kind="stable")[:MAX_EVENTS]
    return np.asarray(peaks[np.sort(largest)], dtype=np.int64)


def _repeated(topographies: Floats) -> tuple[np.ndarray, Floats]:
    """Which events share the most frequent topography, sign included, and their mean: (n_events,), (n_channels,)."""
    unit = topographies / np.linalg.norm(topographies, axis=0)
    alike = unit.T @ unit > SAME
    members = alike[int(np.argmax(alike.sum(axis=0)))]
    return members, np.asarray(unit[:, members].mean(axis=1))
