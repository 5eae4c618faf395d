"""What small changes of a recording change in what a pipeline decides, and in the signal that it leaves."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from validation.cleanbench.exchange import Answer, Question, Samples

NOISE = 0.01
"""Of the SD of each channel's fast activity (from sample to sample), which is what an amplifier's noise compares with."""
DROPPED_S = 1.0
PERTURBATIONS = ("noise-1", "noise-2", "dropped")


@dataclass(frozen=True)
class StabilityScore:
    """One pipeline on one recording under all perturbations."""

    flips: float
    """Decisions that are another than without the perturbation, per perturbation: channels, and components by their number."""
    untold: float
    """Those of them that the pipeline did not call borderline."""
    change: float
    """RMS of the change of the cleaned signal over its RMS, mean over the perturbations."""
    cpu_s: float
    error: str = ""


def perturbed(question: Question, perturbation: str) -> Question:
    """The recording with a little noise on it, or without its first second."""
    if perturbation == "dropped":
        return _without_start(question)
    rng = np.random.default_rng([int(perturbation.removeprefix("noise-")), len(question.names)])
    noise = rng.standard_normal(question.data.shape) * NOISE * typical_sd(question.data)
    return replace(question, data=question.data + noise * recorded(question.data))


def recorded(data: Samples) -> NDArray[np.bool_]:
    """Where an amplifier was at work, shape (n_times,): what fills a file up, all channels standing still, has no noise.

    The EEGMAT recordings that are shipped end in two seconds of that.
    """
    still = (np.diff(data, axis=1) == 0).all(axis=0)
    beside = np.zeros(data.shape[1], bool)
    beside[1:] |= still
    beside[:-1] |= still
    return ~beside


def typical_sd(data: Samples) -> float:
    """SD of a typical channel without its drift, in V: of what is left of each channel's own mean over half a second or so.

    The median over channels of 1.4826 times the median absolute deviation, which artefacts do not move.
    """
    width = 64
    trimmed = data[:, : data.shape[1] // width * width].reshape(len(data), -1, width)
    rest = trimmed - trimmed.mean(axis=2, keepdims=True)
    return float(np.median(1.4826 * np.median(np.abs(rest), axis=(1, 2))))


def _without_start(question: Question) -> Question:
    cut = round(DROPPED_S * question.sfreq_hz)
    return replace(question, data=question.data[:, cut:], onsets=question.onsets - cut)


def score(before: Answer, after: dict[str, Answer]) -> StabilityScore:
    """Compare the answers with the one without a perturbation."""
    errors = [answer.error for answer in (before, *after.values()) if answer.error]
    if errors:
        return StabilityScore(np.nan, np.nan, np.nan, before.cpu_s, errors[0])
    flipped = [flips(before, answer) for answer in after.values()]
    changes = [change(before, answer, DROPPED_S if name == "dropped" else 0.0) for name, answer in after.items()]
    return StabilityScore(
        flips=float(np.mean([count for count, _ in flipped])),
        untold=float(np.mean([untold for _, untold in flipped])),
        change=float(np.mean(changes)),
        cpu_s=before.cpu_s,
    )


def flips(before: Answer, after: Answer) -> tuple[int, int]:
    """Decisions that differ: all, and those that neither answer called borderline."""
    channels = set(before.bad_channels) ^ set(after.bad_channels)
    components = abs(before.n_removed - after.n_removed)
    told = set(before.borderline) | set(after.borderline)
    return len(channels) + components, len(channels - told) + max(components - _components(told), 0)


def _components(told: set[str]) -> int:
    """How many of what is called borderline are components."""
    return sum(name.startswith("component ") for name in told)


def change(before: Answer, after: Answer, dropped_s: float) -> float:
    """RMS of the difference over the RMS of the first, where both are good, over the channels that both have."""
    names = [name for name in before.names if name in after.names]
    one, other = (answer.data[..., [answer.names.index(name) for name in names], :] for answer in (before, after))
    if one.ndim == 3:
        _, mine, theirs = np.intersect1d(before.kept, after.kept, return_indices=True)
        one, other = one[mine], other[theirs]
    else:
        cut = round(dropped_s * before.sfreq_hz)
        good = _good(before, one.shape[1])[cut:] & _good(after, other.shape[1])[: one.shape[1] - cut]
        one, other = one[:, cut:][:, good], other[:, : len(good)][:, good]
    if not one.size:
        return float("nan")
    centred = one - one.mean(axis=-1, keepdims=True)
    difference = other - other.mean(axis=-1, keepdims=True) - centred
    return float(np.sqrt(np.mean(difference**2) / np.mean(centred**2)))


def _good(answer: Answer, n_times: int) -> NDArray[np.bool_]:
    good = np.ones(n_times, bool)
    for start, stop in np.round(answer.bad_s * answer.sfreq_hz).astype(int):
        good[max(start, 0) : stop] = False
    return good
