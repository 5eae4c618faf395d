"""Scores of PREP's criteria as PyPREP keeps them, and by how much they may change with the input."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from .detectors import Z_UNCERTAINTY

if TYPE_CHECKING:
    from ..types import Floats

NEAR = 0.005
"""A window's correlation that lies as near to its limit may fall on either side: a hundredth of noise moved those about
the limit by 0.0005 in the median and 0.0025 in 99 of 100 (four recordings of 19 and 64 channels)."""
KEYS = {
    "deviation": "robust_channel_deviations",
    "hf_noise": "hf_noise_zscores",
    "correlation": "bad_window_fractions",
    "dropout": "bad_window_fractions",
    "ransac": "bad_window_fractions",
}
"""Where PyPREP 0.9 keeps a score for each channel."""
WINDOWS = {
    "correlation": ("max_correlations", 0.4),
    "dropout": ("dropouts", None),
    "ransac": ("ransac_correlations", 0.75),
}
"""Where it keeps what it asks in each window, and the limit of that."""


@dataclass(frozen=True)
class Judged:
    """What PyPREP made of one set of signals."""

    noisy: Any
    limits: Mapping[str, float | None]

    @property
    def names(self) -> list[str]:
        """All channels, in the order of the scores."""
        return [str(name) for name in self.noisy.ch_names_original]

    @property
    def bads(self) -> dict[str, list[str]]:
        """Bad channels by criterion."""
        found: dict[str, list[str]] = self.noisy.get_bads(as_dict=True)
        return {kind.removeprefix("bad_by_"): names for kind, names in found.items()}

    def scores(self, kind: str) -> Floats | None:
        """One score a channel, shape (n_channels,); None where there is none. Large ones are bad."""
        kept = self.noisy._extra_info.get(f"bad_by_{kind}", {})
        if kind == "psd" and kept:
            return self._band_power(kept)
        scores = kept.get(KEYS.get(kind, ""))
        if scores is None:
            return None
        return np.abs(scores) if kind == "deviation" else np.asarray(scores, dtype=float)

    def _band_power(self, kept: Mapping[str, Any]) -> Floats:
        """Of three bands that with most power: PyPREP's own score may be of one with too little, which is not bad."""
        scores = np.zeros(len(self.names))
        scores[self.noisy.usable_idx] = np.max([kept[f"zscore_{band}"] for band in ("low", "mid", "high")], axis=0)
        return scores

    def windows(self, kind: str) -> Floats | None:
        """What is asked in each window, shape (n_channels, n_windows); None where nothing was."""
        found = self.noisy._extra_info.get(f"bad_by_{kind}", {}).get(WINDOWS[kind][0])
        if found is None:
            return None
        return np.asarray(found.T if kind == "ransac" else found, dtype=float)

    def uncertainties(self, kind: str, other: Judged | None) -> Floats | None:
        """By how much each score may change with the input, beside its limit, shape (n_channels,).

        Parameters
        ----------
        kind
            The criterion.
        other
            The same signals against another reference; None where the reference is beyond doubt.
        """
        scores, limit = self.scores(kind), self.limits[kind]
        if scores is None or limit is None:
            return None
        spread = self._of_shares(kind, scores, limit, other) if kind in WINDOWS else _of_z(scores)
        again, limit_again = (other.scores(kind), other.limits[kind]) if other else (None, None)
        if again is None or limit_again is None:
            return spread
        return np.asarray(np.maximum(spread, np.abs(again - scores)) + abs(limit_again - limit))

    def _of_shares(self, kind: str, scores: Floats, limit: float, other: Judged | None) -> Floats:
        """Of shares of windows: those that can turn to the other side of the limit, and what a second less moves.

        Without its first second a recording has one window of a second less, which may be a broken one; longer windows
        all move then, and each is decided anew: half of the binomial spread, as most of each stays the same.
        """
        windows = self.windows(kind)
        if windows is None or not windows.shape[1]:
            return np.zeros(len(scores))
        n_windows = windows.shape[1]
        bad = scores > limit
        moved = np.sqrt(scores * (1 - scores) / n_windows) / 2 if kind == "ransac" else np.zeros(len(scores))
        moved = np.maximum(moved, np.where(bad, 1 / n_windows, 0.0))
        limit_of_window = WINDOWS[kind][1]
        if limit_of_window is None:
            return np.asarray(np.maximum(moved, scores))  # a little noise, and no window is without signal
        again = other.windows(kind) if other else None
        near = NEAR if again is None else np.maximum(np.abs(again - windows), NEAR)
        broken = windows < limit_of_window
        can_turn = (np.abs(windows - limit_of_window) <= near) & (broken == bad[:, None])
        return np.asarray(moved + can_turn.mean(axis=1))


def _of_z(scores: Floats) -> Floats:
    return np.asarray(Z_UNCERTAINTY * np.maximum(np.abs(scores), 1.0))
