"""The EEG channels of a recording as detectors see them: rows of samples, without the gaps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ..channels import positions_m
from ..timeline import continuous_spans
from ..windows import joined_spans
from .dead import moving_spans

if TYPE_CHECKING:
    import mne

    from ..types import Floats


@dataclass(frozen=True)
class Signals:
    """Channels in volts, and the continuous stretches that together cover them."""

    names: tuple[str, ...]
    channels: tuple[Floats, ...]
    positions: tuple[Floats | None, ...]
    """In metres, shape (3,); None where a channel has none."""
    rate_hz: float
    lowpass_hz: float
    """Upper end of the recorded band, as the recording tells it."""
    spans: tuple[tuple[int, int], ...]
    gaps_s: float
    """Time left out, in which most channels stood still."""

    @property
    def located(self) -> list[int]:
        """Indices of the channels with a position."""
        return [i for i, position in enumerate(self.positions) if position is not None]

    def places(self, of: Sequence[int]) -> Floats:
        """Positions of some channels that all have one, in m, shape (n_channels, 3)."""
        return np.array([self.positions[i] for i in of])

    @property
    def longest_s(self) -> float:
        """Duration of the longest continuous stretch."""
        return max((stop - start for start, stop in self.spans), default=0) / self.rate_hz

    def without(self, names: Sequence[str]) -> Signals:
        """The same less some channels."""
        kept = [i for i, name in enumerate(self.names) if name not in names]
        return replace(
            self,
            names=tuple(self.names[i] for i in kept),
            channels=tuple(self.channels[i] for i in kept),
            positions=tuple(self.positions[i] for i in kept),
        )


def signals_of(raw: mne.io.BaseRaw, picks: Sequence[int]) -> Signals:
    """The picked channels: views on the recording, or copies without the gaps where it has any.

    A gap is a stretch of a second or more in which half of the channels or more stand still, such as a pause filled
    with zeros. It says nothing about a channel. A recording that is one single gap is left whole.
    """
    rate_hz = float(raw.info["sfreq"])
    channels = [raw._data[pick] for pick in picks]
    spans = continuous_spans(raw)
    kept = moving_spans(channels, rate_hz, spans) or spans
    n_kept = sum(stop - start for start, stop in kept)
    if n_kept < raw.n_times:
        channels = [np.concatenate([channel[start:stop] for start, stop in kept]) for channel in channels]
        spans = joined_spans(kept)
    places = (positions_m(raw, [pick]) for pick in picks)
    return Signals(
        names=tuple(raw.ch_names[pick] for pick in picks),
        channels=tuple(channels),
        positions=tuple(None if place is None else np.array(place[0]) for place in places),
        rate_hz=rate_hz,
        lowpass_hz=float(raw.info["lowpass"]),
        spans=tuple(spans),
        gaps_s=(raw.n_times - n_kept) / rate_hz,
    )
