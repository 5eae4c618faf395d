"""The three methods of the autoreject package, each with its reject log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ..models import Frozen

if TYPE_CHECKING:
    import mne


class EpochLog(Frozen):
    """What became of one epoch."""

    index: int
    bad: bool
    interpolated: tuple[str, ...] = ()
    beyond: tuple[str, ...] = ()
    """Channels beyond their limit that were left as they are."""


class ChannelLimit(Frozen):
    """Largest peak-to-peak amplitude of a good epoch; ``channel`` is "eeg" when it holds for all."""

    channel: str
    peak_to_peak_uv: float


class Found(Frozen):
    """What cross-validation or RANSAC found."""

    limits: tuple[ChannelLimit, ...] = ()
    consensus: float | None = None
    n_interpolate: int | None = None
    ransac_channels: tuple[str, ...] = ()


Outcome = tuple["mne.BaseEpochs", tuple[EpochLog, ...], Found]


def reject_globally(epochs: mne.BaseEpochs, picks: list[int], *, folds: int, seed: int) -> Outcome:
    """Drop epochs in which any channel exceeds one limit for all."""
    from autoreject import get_rejection_threshold

    names = [epochs.ch_names[i] for i in picks]
    limit = float(
        get_rejection_threshold(epochs.copy().pick(names), ch_types="eeg", cv=folds, random_state=seed, verbose=False)[
            "eeg"
        ]
    )
    amplitudes = np.ptp(epochs.get_data(picks=picks, copy=False), axis=-1)
    log = tuple(
        EpochLog(
            index=i,
            bad=bool(np.any(row > limit)),
            beyond=tuple(name for name, value in zip(names, row, strict=True) if value > limit),
        )
        for i, row in enumerate(amplitudes)
    )
    return _drop(epochs.copy(), log), log, Found(limits=(ChannelLimit(channel="eeg", peak_to_peak_uv=limit * 1e6),))


def reject_locally(
    epochs: mne.BaseEpochs,
    picks: list[int],
    n_interpolate: Sequence[int],
    consensus: Sequence[float],
    *,
    folds: int,
    seed: int,
) -> Outcome:
    """One limit per channel; interpolate the worst channels of an epoch, drop epochs with too many."""
    from autoreject import AutoReject
    from mne import use_log_level

    search = AutoReject(
        n_interpolate=np.array(n_interpolate),
        consensus=np.array(consensus),
        cv=folds,
        picks=picks,
        random_state=seed,
        n_jobs=1,
        verbose=False,
    )
    search.fit(epochs)
    rejects = search.get_reject_log(epochs)
    log = tuple(
        _entry(i, bool(bad), row, epochs.ch_names)
        for i, (bad, row) in enumerate(zip(rejects.bad_epochs, rejects.labels, strict=True))
    )
    found = Found(
        limits=tuple(
            ChannelLimit(channel=name, peak_to_peak_uv=float(search.threshes_[name]) * 1e6)
            for name in (epochs.ch_names[i] for i in picks)
        ),
        consensus=float(search.consensus_["eeg"]),
        n_interpolate=int(search.n_interpolate_["eeg"]),
    )
    if all(entry.bad for entry in log):
        return epochs, log, found
    with use_log_level("error"):
        return search.transform(epochs, reject_log=rejects), log, found


def _entry(index: int, bad: bool, labels: np.ndarray, names: Sequence[str]) -> EpochLog:
    """From autoreject's labels of one epoch: 0 good, 1 beyond its limit, 2 interpolated, NaN not looked at."""
    return EpochLog(
        index=index,
        bad=bad,
        interpolated=() if bad else tuple(name for name, label in zip(names, labels, strict=True) if label == 2),
        beyond=tuple(name for name, label in zip(names, labels, strict=True) if label == 1 or (bad and label == 2)),
    )


def repair_by_ransac(epochs: mne.BaseEpochs, picks: list[int], *, seed: int) -> Outcome:
    """Interpolate, in all epochs, channels that random subsets of the others do not predict."""
    from autoreject import Ransac

    ransac = Ransac(picks=picks, random_state=seed, n_jobs=1, verbose=False)
    ransac.fit(epochs)
    found = tuple(str(name) for name in ransac.bad_chs_)
    repaired = epochs.copy()
    before = list(repaired.info["bads"])
    # Channels that took no part, bad or without a position, are neither repaired nor a source of the repair.
    aside = [name for i, name in enumerate(epochs.ch_names) if i not in picks]
    repaired.info["bads"] = [*aside, *found]
    if found:
        repaired.interpolate_bads(reset_bads=True, exclude=aside, verbose="error")
    repaired.info["bads"] = before
    log = tuple(EpochLog(index=i, bad=False, interpolated=found) for i in range(len(epochs)))
    return repaired, log, Found(ransac_channels=found)


def _drop(epochs: mne.BaseEpochs, log: tuple[EpochLog, ...]) -> mne.BaseEpochs:
    bad = [entry.index for entry in log if entry.bad]
    return epochs.drop(bad, reason="autoreject", verbose="error") if len(bad) < len(log) else epochs
