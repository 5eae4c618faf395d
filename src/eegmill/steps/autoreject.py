"""Rejecting and repairing epochs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from pydantic import Field

from ..errors import Rejected
from ..recording import Recording
from ..signal.channels import good_eeg, located
from ..signal.reject_epochs import EpochLog, Found, Outcome, reject_globally, reject_locally, repair_by_ransac
from .contract import ActsOn, Decisions, Sentence, Step

if TYPE_CHECKING:
    import mne


class AutorejectDecisions(Decisions):
    """The reject log."""

    method: Literal["local", "global", "ransac"]
    kept: int
    dropped: int = 0
    interpolated: int = 0
    """How many channel-epochs were interpolated."""
    left_out: tuple[str, ...] = ()
    """Good channels that took no part, for want of a position."""
    epochs: tuple[EpochLog, ...] = ()
    """Those that are bad or were changed; the others are good as they were."""
    found: Found | None = None


class Autoreject(Step):
    """Find peak-to-peak limits by cross-validation, then drop or repair epochs (Jas et al., NeuroImage 2017).

    ``global`` has one limit for all channels; ``local`` one a channel, and interpolates the few that exceed it;
    ``ransac`` interpolates, in all epochs, channels that the others do not predict.
    """

    name: ClassVar[str] = "autoreject"
    decisions_type: ClassVar[type[Decisions]] = AutorejectDecisions
    acts_on: ClassVar[ActsOn] = "epochs"
    needs: ClassVar[Mapping[str, str]] = {"epochs": "autoreject works on epochs"}

    method: Literal["local", "global", "ransac"] = "local"
    """``local``, ``global`` or ``ransac``."""
    n_interpolate: tuple[int, ...] = (1, 4, 32)
    """Local: how many channels an epoch may have interpolated; cross-validation chooses."""
    consensus: tuple[float, ...] = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
    """Local: share of channels beyond their limit from which on an epoch is bad; cross-validation chooses."""
    folds: int = Field(default=10, ge=2)
    """Of the cross-validation."""

    def apply(self, recording: Recording, *, seed: int) -> tuple[Recording, AutorejectDecisions]:
        """Clean ``recording.epochs``.

        Raises
        ------
        Rejected
            If there are no epochs, no good EEG channel, or no epoch is left, or if a good channel holds NaN.
        """
        epochs = recording.epochs
        if epochs is None:
            msg = "There are no epochs for autoreject; the step 'epochs' makes them"
            raise Rejected(msg)
        picks = good_eeg(epochs)
        broken = [epochs.ch_names[pick] for pick in picks if not np.isfinite(epochs.get_data(picks=[pick])).all()]
        if broken:
            msg = f"NaN or infinity in {', '.join(broken)}: no limit can be found; mark them bad before 'epochs'"
            raise Rejected(msg)
        used = picks if self.method == "global" else located(epochs, picks)
        left_out = tuple(epochs.ch_names[pick] for pick in picks if pick not in used)
        why_not = self._hindrance(epochs, used, left_out)
        if why_not:
            skipped = AutorejectDecisions(
                applied=False, why_not=why_not, method=self.method, kept=len(epochs), left_out=left_out
            )
            return recording, skipped
        cleaned, log, found = self._clean(epochs, used, seed)
        if all(entry.bad for entry in log):
            msg = f"autoreject ({self.method}) found all {len(log)} epochs bad"
            raise Rejected(msg)
        decisions = AutorejectDecisions(
            method=self.method,
            kept=len(cleaned),
            dropped=len(epochs) - len(cleaned),
            interpolated=sum(len(entry.interpolated) for entry in log),
            left_out=left_out,
            epochs=tuple(entry for entry in log if entry.bad or entry.interpolated or entry.beyond),
            found=found,
        )
        return replace(recording, epochs=cleaned), decisions

    def libraries(self) -> tuple[str, ...]:
        """The library of this name."""
        return ("autoreject",)

    def sentence(self, decisions: AutorejectDecisions) -> Sentence:
        """The method, and how many epochs and channels it concerned."""
        ways = {
            "local": f"a limit for each channel, {self.folds} folds of cross-validation",
            "global": f"one limit for all channels, {self.folds} folds of cross-validation",
            "ransac": "RANSAC",
        }
        return Sentence(
            f"Epochs were repaired or rejected by autoreject ({ways[decisions.method]}) [@jas2017]: "
            "{dropped|was|were} rejected, {kept} kept, and channels interpolated in single epochs "
            "{interpolated|time|times}.",
            {"dropped": decisions.dropped, "kept": decisions.kept, "interpolated": decisions.interpolated},
        )

    def _hindrance(self, epochs: mne.BaseEpochs, picks: list[int], left_out: tuple[str, ...]) -> str:
        """Why the method cannot work on these epochs; empty if it can."""
        if self.method != "ransac" and len(epochs) < self.folds:
            return f"{len(epochs)} epochs are too few for {self.folds} folds of cross-validation"
        if self.method == "global":
            return ""
        if len(picks) < MIN_CHANNELS:
            why = "electrode positions are missing: " if left_out else ""
            return f"{why}{len(picks)} good EEG channels are too few to predict one ({MIN_CHANNELS} needed)"
        return ""

    def _clean(self, epochs: mne.BaseEpochs, picks: list[int], seed: int) -> Outcome:
        if self.method == "global":
            return reject_globally(epochs, picks, folds=self.folds, seed=seed)
        if self.method == "ransac":
            return repair_by_ransac(epochs, picks, seed=seed)
        usable = sorted({n for n in self.n_interpolate if n <= len(picks) - MIN_CHANNELS}) or [1]
        return reject_locally(epochs, picks, usable, self.consensus, folds=self.folds, seed=seed)


MIN_CHANNELS = 4
"""A spherical spline through fewer electrodes says nothing."""
