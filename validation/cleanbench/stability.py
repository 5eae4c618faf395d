"""What small changes of a recording change in what a pipeline decides, and in the signal that it leaves."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from eegmill.perturbation.comparison import flips as flipped_channels
from eegmill.perturbation.comparison import relative_change
from eegmill.perturbation.noise import white_noise
from eegmill.perturbation.perturbing import DROPPED_S
from validation.cleanbench.exchange import Answer, Question

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
    noise = white_noise(question.data, seed=int(perturbation.removeprefix("noise-")))
    return replace(question, data=question.data + np.stack(list(noise)))


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
    """Decisions that differ: all, and those that neither answer called borderline; of components only the numbers."""
    told = set(before.borderline) | set(after.borderline)
    channels, untold = flipped_channels(before.bad_channels, after.bad_channels, told)
    components = abs(before.n_removed - after.n_removed)
    return channels + components, untold + max(components - _components(told), 0)


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
    return relative_change(np.moveaxis(one, -2, 0), np.moveaxis(other, -2, 0))


def _good(answer: Answer, n_times: int) -> NDArray[np.bool_]:
    good = np.ones(n_times, bool)
    for start, stop in np.round(answer.bad_s * answer.sfreq_hz).astype(int):
        good[max(start, 0) : stop] = False
    return good
