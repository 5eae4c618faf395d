"""What of a component's time course is artefact: eye movements while they last, muscle in its own band."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..filters.fir import zero_phase
from ..robust import MAD_TO_SD, median, median_deviation
from ..timeline import close_gaps, runs, widen

if TYPE_CHECKING:
    from ..types import Floats, Mask, Spans

EYE_BAND_HZ = (0.5, 15.0)
"""Blinks and saccades lie here; what is faster or slower hides where they begin and end."""
PEAK_SD, EDGE_SD = 4.0, 2.0
"""An event reaches the first, and lasts while the second is exceeded; robust standard deviations of the component."""
PADDING_S = 0.1
MIN_GAP_S = 0.2
"""Events nearer to each other than this are one."""
MUSCLE_HZ, MUSCLE_TRANSITION_HZ = 15.0, 5.0
"""Muscle begins here; below it the component is left in the recording."""


def eye_course(source: Floats, spans: Spans, sfreq_hz: float, *, certainty: float = 1.0) -> tuple[Floats, Mask]:
    """The part of an eye component that its events make, and where they are.

    During an event that is the component less the line between the levels at its ends, so that nothing jumps there;
    elsewhere it is 0.

    Parameters
    ----------
    source : array, shape (n_times,)
        The component in the signal that is written, in any unit.
    spans : sequence of tuple of int
        Continuous stretches; no event and no filter reaches across their ends.
    certainty : float
        From 0 to 1, how surely the component is one of the eyes. Below 1 each event has a weight that grows with its
        size, from 0 at `PEAK_SD` to 1 at ``PEAK_SD / sqrt(certainty)``: so it changes little whether a doubtful
        component is taken for one of the eyes, while large events go.

    Returns
    -------
    course, events : arrays, shape (n_times,)
    """
    course = np.zeros_like(source)
    away_sd = _away_sd(source, spans, sfreq_hz)
    events = _events(away_sd, sfreq_hz)
    n_edge = max(round(PADDING_S * sfreq_hz), 1)
    for start, stop in spans:
        for first, last in runs(events[start:stop]) + start:
            line = _between(source, first, last, (start, stop), n_edge)
            course[first:last] = _weight(away_sd[first:last].max(), certainty) * (source[first:last] - line)
    return course, events


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


def _weight(peak_sd: float, certainty: float) -> float:
    """Of an event, by its peak in robust standard deviations; it begins flat, so that the smallest hardly count."""
    whole_sd = PEAK_SD / np.sqrt(max(certainty, 1e-12))
    return float((peak_sd - PEAK_SD) / (whole_sd - PEAK_SD)) ** 2 if peak_sd < whole_sd else 1.0


def _events(away_sd: Floats, sfreq_hz: float) -> Mask:
    """Where an eye component leaves what it mostly is, shape (n_times,): a peak to begin, less to end."""
    events = np.zeros(away_sd.size, dtype=bool)
    for start, stop in runs(away_sd > EDGE_SD):
        events[start:stop] = (away_sd[start:stop] > PEAK_SD).any()
    return close_gaps(np.asarray(widen(events, round(PADDING_S * sfreq_hz))), MIN_GAP_S * sfreq_hz, at_ends=False)


def _between(source: Floats, first: int, last: int, span: tuple[int, int], n_edge: int) -> Floats:
    """A line from the level in front of an event to that behind it, shape (last - first,)."""
    before = source[max(first - n_edge, span[0]) : first]
    behind = source[last : min(last + n_edge, span[1])]
    levels = [median(edge) for edge in (before, behind) if edge.size] or [0.0]
    return np.linspace(levels[0], levels[-1], last - first)


def _filtered(source: Floats, spans: Spans, sfreq_hz: float, low_hz: float, high_hz: float | None) -> Floats:
    """A band of the component, each stretch by itself; shape (n_times,)."""
    from mne.filter import create_filter

    transition_hz = min(MUSCLE_TRANSITION_HZ, low_hz)
    kernel = create_filter(None, sfreq_hz, low_hz, high_hz, l_trans_bandwidth=transition_hz, verbose="error")
    filtered = np.empty_like(source)
    for start, stop in spans:
        filtered[start:stop] = zero_phase(source[start:stop], kernel)
    return filtered
