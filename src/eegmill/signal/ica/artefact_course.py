"""What of a component's time course is artefact: eye movements while they last, muscle in its own band."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..filters.fir import zero_phase
from ..robust import MAD_TO_SD, median, median_deviation

if TYPE_CHECKING:
    from ..types import Floats, Spans

EYE_BAND_HZ = (0.5, 15.0)
"""Blinks and saccades lie here; what is faster or slower hides where they begin and end."""
PEAK_SD = (3.0, 4.0)
"""An event counts from a peak of the first on, and wholly from the second on; robust standard deviations."""
EDGE_SD = (1.5, 2.5)
"""What near a peak belongs to the event: nothing below the first, all above the second."""
PEAK_WITHIN_S = 0.4
"""How far from its peak an event may reach."""
MOST_OF_TIME = 98.0
"""Percent of the time, in which what comes back again and again is and what happens once is not."""
PADDING_S = 0.1
LEVEL_S = 0.1
"""Over about this time the level is taken that an event rises from."""
MIN_KEPT = 1e-6
"""Least weight of a sample in that level, so that an event that fills a whole stretch has one, too."""
MUSCLE_HZ, MUSCLE_TRANSITION_HZ = 15.0, 5.0
"""Muscle begins here; below it the component is left in the recording."""


def eye_course(source: Floats, spans: Spans, sfreq_hz: float, *, certainty: float = 1.0) -> tuple[Floats, Floats]:
    """The part of an eye component that its events make, and how far each sample belongs to one.

    Both follow the component without a jump: an event just below a limit and one just above it are treated nearly
    alike, so that a little noise changes little of what goes.

    Parameters
    ----------
    source : array, shape (n_times,)
        The component in the signal that is written, in any unit.
    spans : sequence of tuple of int
        Continuous stretches; no event and no filter reaches across their ends.
    certainty : float
        From 0 to 1, how surely the component is one of the eyes. Below 1 an event goes in part, by its size, up to a
        peak of ``PEAK_SD[1] / sqrt(certainty)``: so it changes little whether a doubtful component is taken for one of
        the eyes, while large events go.

    Returns
    -------
    course : array, shape (n_times,)
        The weight times what the component is above the level from which its events rise.
    weight : array, shape (n_times,)
        From 0, no event, to 1.
    """
    course, weight = np.zeros_like(source), np.zeros_like(source)
    away_sd = _away_sd(source, spans, sfreq_hz)
    for start, stop in spans:
        inside = slice(start, stop)
        weight[inside] = _weight(away_sd[inside], sfreq_hz, certainty)
        level = _level(source[inside], weight[inside], LEVEL_S * sfreq_hz)
        course[inside] = weight[inside] * (source[inside] - level)
    return course, weight


def events_sd(source: Floats, spans: Spans, sfreq_hz: float) -> float:
    """How large the events of a component are that come back again and again, in robust standard deviations.

    ``source`` (n_times,), in any unit; ``spans`` as of `eye_course`.
    """
    return float(np.percentile(_away_sd(source, spans, sfreq_hz), MOST_OF_TIME))


def muscle_course(source: Floats, spans: Spans, sfreq_hz: float) -> Floats:
    """The part of a muscle component above `MUSCLE_HZ`: all of it where the recording does not reach there.

    ``source`` and the result (n_times,).
    """
    if sfreq_hz / 2 <= MUSCLE_HZ:
        return source.copy()
    return _filtered(source, spans, sfreq_hz, MUSCLE_HZ, None)


def _away_sd(source: Floats, spans: Spans, sfreq_hz: float) -> Floats:
    """How far an eye component is from what it mostly is, in robust standard deviations, shape (n_times,)."""
    low, high = EYE_BAND_HZ
    seen = _filtered(source, spans, sfreq_hz, low, high if high < sfreq_hz / 2 else None)
    deviation = MAD_TO_SD * median_deviation(seen)
    away = np.abs(seen - median(seen))
    return away / deviation if deviation else np.where(away > 0, np.inf, 0.0)


def _weight(away_sd: Floats, sfreq_hz: float, certainty: float) -> Floats:
    """How far each sample belongs to an event: by the peak near it and by its own height, shape (n_times,)."""
    from scipy.ndimage import maximum_filter1d

    peak, own = (maximum_filter1d(away_sd, 2 * round(s * sfreq_hz) + 1) for s in (PEAK_WITHIN_S, PADDING_S))
    least, whole = PEAK_SD
    return _share(peak, least, whole / np.sqrt(max(certainty, 1e-12))) * _share(own, *EDGE_SD)


def _share(values: Floats, low: float, high: float) -> Floats:
    """0 up to ``low``, 1 from ``high`` on, and a line between them."""
    return np.clip((values - low) / (high - low), 0.0, 1.0)


def _level(source: Floats, weight: Floats, n_smoothed: float) -> Floats:
    """The level that events rise from, shape (n_times,): smoothed beside them, and a line across them.

    A weighted Whittaker smoother (Eilers 2003, Analytical Chemistry 75, 3631): it minimises the sum of ``(1 - weight) *
    (source - level)**2 + n_smoothed**2 * diff(level)**2``, a symmetric system of three diagonals.
    """
    from scipy.linalg import solveh_banded

    if source.size < 2:
        return source.copy()
    kept = np.maximum(1.0 - weight, MIN_KEPT)
    stiffness = n_smoothed**2
    bands = np.full((2, source.size), -stiffness)
    bands[1] = kept + 2 * stiffness
    bands[1, [0, -1]] -= stiffness
    kept *= source
    level: Floats = solveh_banded(bands, kept, overwrite_ab=True, overwrite_b=True, check_finite=False)
    return level


def _filtered(source: Floats, spans: Spans, sfreq_hz: float, low_hz: float, high_hz: float | None) -> Floats:
    """A band of the component, each stretch by itself; shape (n_times,)."""
    from mne.filter import create_filter

    transition_hz = min(MUSCLE_TRANSITION_HZ, low_hz)
    kernel = create_filter(None, sfreq_hz, low_hz, high_hz, l_trans_bandwidth=transition_hz, verbose="error")
    filtered = np.empty_like(source)
    for start, stop in spans:
        filtered[start:stop] = zero_phase(source[start:stop], kernel)
    return filtered
