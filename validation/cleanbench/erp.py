"""What a pipeline does to effects whose truth is known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from validation.cleanbench.decoding import decoded_auc
from validation.cleanbench.exchange import Answer, Question, Samples
from validation.cleanbench.significance import significant_share
from validation.cleanbench.trials import Trials, same_trials, trials_of

P3, N170 = (("Pz",), (0.3, 0.5)), (("P7", "P8"), (0.15, 0.19))
"""Electrodes and window of each effect."""
FEWEST = 10
"""Trials of a condition below which nothing is measured."""


@dataclass(frozen=True)
class ErpScore:
    """One pipeline on one simulated recording; amplitudes in µV."""

    p3: float
    """Difference of targets and standards as the pipeline left it."""
    p3_brain: float
    """In the same trials of the recording without artefacts, not filtered."""
    p3_true: float
    """In the responses alone, all trials."""
    p3_filtered: float
    """In the responses alone behind the pipeline's filters."""
    n170: float
    n170_brain: float
    n170_true: float
    n170_filtered: float
    vs_brain: float
    """RMSE to the mean responses without artefacts, in the same trials behind the same filters, over the good channels."""
    r_true: float
    """Correlation of the mean responses with the true ones, over the good channels."""
    sme: float
    """Standardised measurement error of P3 (Luck et al. 2021, doi:10.1111/psyp.13793), mean of both conditions."""
    lost: float
    """Share of the trials that are gone."""
    auc: float
    """Decoding of targets and standards (see ``decoding``)."""
    significant: float
    """Share of significant channels (see ``significance``)."""
    cpu_s: float
    peak_mb: float
    error: str = ""


def score(question: Question, answer: Answer, bad: frozenset[str]) -> ErpScore:
    """Measure an answer; ``bad`` are the channels that truly are bad, and that no error is counted of."""
    if answer.error:
        return _nothing(answer, answer.error)
    trials = trials_of(answer, question)
    per_condition = np.bincount(question.targets[trials.kept].astype(int), minlength=2)
    lost = 1 - len(trials.kept) / len(question.onsets)
    if per_condition.min() < FEWEST:
        return _nothing(answer, f"{per_condition.min()} trials left of a condition", lost=lost)
    brain, erp = question.through
    all_trials = same_trials(erp, _all(question, trials), question, question.sfreq_hz)
    brain_trials = same_trials(brain, trials, question, question.sfreq_hz)
    brain_filtered, erp_filtered = (
        same_trials(data, kept, question, answer.sfreq_hz)
        for data, kept in zip(answer.through, (trials, all_trials), strict=True)
    )
    good = np.array([name not in bad for name in question.names])
    targets, volts = question.targets, 1e6 if answer.physical else np.nan
    return ErpScore(
        p3=volts * difference(trials, targets, *P3),
        p3_brain=1e6 * difference(brain_trials, targets, *P3),
        p3_true=1e6 * difference(all_trials, targets, *P3),
        p3_filtered=1e6 * difference(erp_filtered, targets, *P3),
        n170=volts * difference(trials, targets, *N170),
        n170_brain=1e6 * difference(brain_trials, targets, *N170),
        n170_true=1e6 * difference(all_trials, targets, *N170),
        n170_filtered=1e6 * difference(erp_filtered, targets, *N170),
        vs_brain=volts * rmse(waves(trials, targets), waves(brain_filtered, targets), good),
        r_true=correlation(waves(trials, targets), waves(erp_filtered, targets), good),
        sme=volts * measurement_error(trials.mean(*P3), targets[trials.kept]),
        lost=lost,
        auc=decoded_auc(trials, targets),
        significant=significant_share(trials, targets),
        cpu_s=answer.cpu_s,
        peak_mb=answer.peak_mb,
    )


def difference(
    trials: Trials, targets: NDArray[np.bool_], channels: tuple[str, ...], window_s: tuple[float, float]
) -> float:
    """Mean of the targets minus mean of the standards, in V."""
    values, of = trials.mean(channels, window_s), targets[trials.kept]
    return float(values[of].mean() - values[~of].mean())


def waves(trials: Trials, targets: NDArray[np.bool_]) -> Samples:
    """Mean responses to standards and to targets, shape (2, n_channels, n_times)."""
    return np.array([trials.average(~targets), trials.average(targets)])


def rmse(waves: Samples, truth: Samples, good: NDArray[np.bool_]) -> float:
    """Root mean square of the difference over conditions, good channels and time, each channel against the good ones' mean."""
    error = (waves - truth)[:, good]
    return float(np.sqrt(np.mean((error - error.mean(axis=1, keepdims=True)) ** 2)))


def correlation(waves: Samples, truth: Samples, good: NDArray[np.bool_]) -> float:
    """Correlation over conditions, good channels and time."""
    return float(np.corrcoef(waves[:, good].ravel(), truth[:, good].ravel())[0, 1])


def measurement_error(values: Samples, targets: NDArray[np.bool_]) -> float:
    """SD of single trials over the root of their number, the root mean square over both conditions."""
    errors = [values[of].std(ddof=1) / np.sqrt(of.sum()) for of in (targets, ~targets)]
    return float(np.sqrt(np.mean(np.square(errors))))


def _all(question: Question, trials: Trials) -> Trials:
    """All trials, as an index only."""
    return Trials(trials.data[:0], np.arange(len(question.onsets)), trials.time_s, trials.names)


def _nothing(answer: Answer, why: str, *, lost: float = 1.0) -> ErpScore:
    """A recording that gave no responses."""
    nothing = dict.fromkeys(
        ("p3", "p3_brain", "p3_true", "p3_filtered", "n170", "n170_brain", "n170_true", "n170_filtered", "vs_brain", "r_true", "sme"),
        float("nan"),
    )  # fmt: skip
    return ErpScore(
        **nothing, lost=lost, auc=0.5, significant=0.0, cpu_s=answer.cpu_s, peak_mb=answer.peak_mb, error=why
    )
