"""Spectrum and averages over all recordings of a dataset, from what their pages hold."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..bids.paths import DerivativePaths
from ..signal.types import Floats
from .averages import MAX_CHANNELS, MAX_CONDITIONS, Curves, averages_figure
from .essence import SPECTRUM_HZ, TIMES, Essence
from .svg import Axes, frame, line, picture, text

LEVEL = 0.95
MIN_SUBJECTS = 2
"""For an interval."""
Essences = Mapping[str, Essence]
"""By recording."""


@dataclass(frozen=True)
class Grand:
    """A figure over subjects."""

    figure: str
    n_subjects: int
    left_out: str = ""
    """What is not in the figure; empty where nothing is missing."""


def grand_spectrum(essences: Essences) -> Grand | None:
    """Mean over subjects of the median spectrum before and after; None where fewer than two recordings have one."""
    curves: dict[str, tuple[Floats, Floats, Floats]] = {}
    for title in ("before", "after"):
        found = {name: np.array(getattr(one, f"{title}_db")) for name, one in essences.items()}
        by_subject = _by_subject({name: values for name, values in found.items() if len(values)})
        if len(by_subject) >= MIN_SUBJECTS:
            curves[title] = over_subjects(by_subject)
            n_subjects = len(by_subject)
    missing = sum(not one.after_db for one in essences.values())
    left_out = f"{missing} of {len(essences)} recordings reach no 45 Hz, or have no spectrum" if missing else ""
    return Grand(_spectra(curves, {title: title for title in curves}), n_subjects, left_out) if curves else None


def grand_average(essences: Essences) -> Grand | None:
    """Mean over subjects of each condition, at the channels that most have; None for fewer than two subjects.

    Averages of another length than most have are left out.
    """
    spans = Counter(one.span_s for one in essences.values() if one.averages)
    if not spans:
        return None
    span_s, same = spans.most_common(1)[0]
    used = {name: one for name, one in essences.items() if one.averages and one.span_s == span_s}
    conditions, channels = _most_shared(used)
    curves, counts = _grand_curves(used, conditions, channels)
    if not curves or span_s is None:
        return None
    left = [
        f"{count} {words}"
        for count, words in (
            (spans.total() - same, "recordings with epochs of another length"),
            (len({item.event for one in used.values() for item in one.averages}) - len(curves), "rarer conditions"),
        )
        if count
    ]
    figure = averages_figure(channels, np.linspace(*span_s, TIMES), curves)
    return Grand(figure, max(counts), " and ".join(left))


def paired_spectra(first: Essences, second: Essences, titles: tuple[str, str]) -> Grand | None:
    """Clean spectra of two derivatives of the same recordings; None for fewer than two subjects."""
    curves, counts = {}, []
    for title, essences in zip(titles, (first, second), strict=True):
        found = {name: np.array(one.after_db) for name, one in essences.items() if one.after_db}
        by_subject = _by_subject(found)
        if len(by_subject) < MIN_SUBJECTS:
            return None
        curves[title] = over_subjects(by_subject)
        counts.append(len(by_subject))
    return Grand(_spectra(curves, dict(zip(titles, ("before", "after"), strict=True))), max(counts))


def paired_averages(first: Essences, second: Essences, titles: tuple[str, str]) -> Grand | None:
    """Averages of two derivatives of the same recordings, each condition twice; None where there are none."""
    spans = {one.span_s for essences in (first, second) for one in essences.values() if one.averages}
    if len(spans) != 1 or (span_s := spans.pop()) is None:
        return None
    conditions, channels = _most_shared(first)
    curves: dict[str, tuple[Floats, Floats, Floats]] = {}
    counts = [0]
    for event in conditions[: MAX_CONDITIONS // 2]:
        for title, essences in zip(titles, (first, second), strict=True):
            found, n_subjects = _grand_curves(essences, [event], channels)
            curves |= {f"{name}, {title}": curve for name, curve in found.items()}
            counts += n_subjects
    if not curves:
        return None
    return Grand(averages_figure(channels, np.linspace(*span_s, TIMES), curves), max(counts))


def over_subjects(values: Sequence[Floats]) -> tuple[Floats, Floats, Floats]:
    """Mean over subjects, and the ends of its 95 % interval (Student's t)."""
    from scipy.special import stdtrit

    stacked = np.stack(values)
    n, mean = len(stacked), stacked.mean(axis=0)
    reach = stdtrit(n - 1, (1 + LEVEL) / 2) * stacked.std(axis=0, ddof=1) / np.sqrt(n)
    return mean, mean - reach, mean + reach


def _by_subject(values: Mapping[str, Floats]) -> list[Floats]:
    """The mean of each subject's recordings, so that nobody counts twice."""
    found: defaultdict[str, list[Floats]] = defaultdict(list)
    for recording, value in values.items():
        found[DerivativePaths(recording).subject_folder.parts[0]].append(value)
    return [np.mean(listed, axis=0) for listed in found.values()]


def _most_shared(used: Essences) -> tuple[list[str], list[str]]:
    """Conditions and channels that most recordings have."""
    events = Counter(event for one in used.values() for event in {item.event for item in one.averages})
    names = Counter(name for one in used.values() for name in dict.fromkeys(item.channel for item in one.averages))
    conditions = [event for event, _ in sorted(events.items(), key=lambda item: (-item[1], item[0]))[:MAX_CONDITIONS]]
    return conditions, [name for name, _ in names.most_common(MAX_CHANNELS)]


def _grand_curves(used: Essences, conditions: Sequence[str], channels: Sequence[str]) -> tuple[Curves, list[int]]:
    curves: dict[str, tuple[Floats, Floats, Floats]] = {}
    counts = []
    for event in conditions:
        rows = [_by_subject(_of(used, event, channel)) for channel in channels]
        if min(map(len, rows)) >= MIN_SUBJECTS:
            means, lows, highs = zip(*map(over_subjects, rows), strict=True)
            curves[event] = np.stack(means), np.stack(lows), np.stack(highs)
            counts.append(max(map(len, rows)))
    return curves, counts


def _of(used: Essences, event: str, channel: str) -> dict[str, Floats]:
    return {
        name: np.array(item.values_uv)
        for name, one in used.items()
        for item in one.averages
        if (item.event, item.channel) == (event, channel)
    }


def _spectra(curves: Curves, colours: Mapping[str, str]) -> str:
    frequencies = np.array(SPECTRUM_HZ)
    every = np.concatenate([part for curve in curves.values() for part in curve])
    low, high = 5.0 * np.floor(every.min() / 5.0), 5.0 * np.ceil(every.max() / 5.0)
    axes = Axes(50.0, 34.0, 780.0, 210.0, (0.0, SPECTRUM_HZ[-1]), (low, max(high, low + 5)))
    levels = np.arange(low, high + 1, 5.0 if high - low <= 40 else 10.0).tolist()
    parts = [frame(axes, x_ticks=range(0, 46, 5), y_ticks=levels, x_label="frequency (Hz)", y_label="dB re 1 µV²/Hz")]
    for number, (title, (mean, below, above)) in enumerate(curves.items()):
        there_and_back = np.concatenate([frequencies, frequencies[::-1]])
        parts.append(line(axes, there_and_back, np.concatenate([below, above[::-1]]), css=f"band {colours[title]}"))
        parts.append(line(axes, frequencies, mean, css=f"thick {colours[title]}"))
        parts.append(text(640.0 + 100 * number, 22.0, title, css=f"title {colours[title]}"))
    return picture(860.0, 290.0, "".join(parts), label=f"Mean power spectrum: {' and '.join(curves)}")


def thumbnail(essence: Essence) -> str:
    """The spectra of one recording as small as a word; an empty text where there is none."""
    curves = {title: np.array(getattr(essence, f"{title}_db")) for title in ("before", "after")}
    drawn = {title: values[::2] for title, values in curves.items() if len(values)}
    if "after" not in drawn:
        return ""
    every = np.concatenate(list(drawn.values()))
    axes = Axes(1.0, 1.0, 88.0, 26.0, (0.0, len(drawn["after"]) - 1.0), (float(every.min()), float(every.max()) + 1e-9))
    lines = "".join(
        line(axes, np.arange(len(values), dtype=float), values, css=f"tiny {title}") for title, values in drawn.items()
    )
    return f'<svg viewBox="0 0 90 28" aria-hidden="true">{lines}</svg>'
