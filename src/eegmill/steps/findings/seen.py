"""What is measured once of a recording, for all faults that are looked for."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from ...recording import Recording, Segment
from ...signal.channels import good_eeg, located, positions_m
from ...signal.faults import eyes, held, line, scale
from ...signal.faults.changes import Changes, changes_of
from ...signal.left_out import left_out, spline_inverse
from ...signal.sphere import directions
from .finding import Judged

if TYPE_CHECKING:
    from ...signal.types import Floats, Ints, Mask

MIN_MOMENTS = 1000
"""Changes that channels are compared in: fewer are alike by chance."""


class Seen:
    """What is measured once of the good channels, and which of them still predict others."""

    def __init__(self, recording: Recording) -> None:
        self.raw = recording.raw
        self.reference = recording.reference
        self.apart = frozenset(recording.own_references)
        self.picks = good_eeg(self.raw, least=0)
        self.sources = located(self.raw, self.picks)
        places = positions_m(self.raw, self.sources)
        self.places: Floats = directions(np.array(places)) if places else np.zeros((0, 3))
        self.changes = changes_of(self.raw, self.picks)
        self.still: Mask = held.standing_still(self.raw, self.picks)
        self.kept = list(range(len(self.sources)))
        self._eyes: tuple[eyes.Eyes | None] | None = None
        self.not_tested: tuple[str, ...] = ()
        self.near_misses: tuple[Judged, ...] = ()
        self.filled_up: tuple[Segment, ...] = ()
        """Stretches at the ends in which nothing was recorded."""
        if len(self.sources) < scale.MIN_CHANNELS:
            n, needed = len(self.sources), scale.MIN_CHANNELS
            self.untested(f"channels against the others: {n} have a position, {needed} are needed")
        elif self.changes.values.shape[1] < MIN_MOMENTS:
            moments = self.changes.values.shape[1]
            self.untested(f"channels against the others: they move at {moments} moments, {MIN_MOMENTS} are needed")

    def untested(self, why: str) -> None:
        """Note what could not be looked for."""
        self.not_tested = (*self.not_tested, why)

    def nearly(self, judged: Judged) -> None:
        """Note what only just was not found."""
        self.near_misses = (*self.near_misses, judged)

    @cached_property
    def line(self) -> line.Line | None:
        """What was seen of the mains; None where no line stands out."""
        return line.line(self.raw, self.picks)

    @property
    def eyes(self) -> eyes.Eyes | None:
        """What the blinks say in the channels that are kept by now; None where there are none."""
        if self._eyes is None:
            sources = [self.sources[index] for index in self.kept]
            self._eyes = (eyes.eyes(self.raw, sources, self.places[self.kept]) if sources else None,)
        return self._eyes[0]

    @property
    def comparable(self) -> bool:
        """Whether channels can be held against the others."""
        return len(self.sources) >= scale.MIN_CHANNELS and self.changes.values.shape[1] >= MIN_MOMENTS

    @property
    def located_changes(self) -> Changes:
        """Changes of the channels with a position."""
        return self.changes.of([self.picks.index(pick) for pick in self.sources])

    def name(self, index: int) -> str:
        """Name of one of the channels with a position."""
        return str(self.raw.ch_names[self.sources[index]])

    @property
    def every(self) -> list[int]:
        """All EEG channels, be they bad or not, but for those with a reference of their own."""
        kinds = zip(self.raw.ch_names, self.raw.get_channel_types(), strict=True)
        return [pick for pick, (name, kind) in enumerate(kinds) if kind == "eeg" and name not in self.apart]

    def refer_all_to(self, reference: str, signal: Floats) -> None:
        """Give all EEG channels another reference, by its name: ``signal`` (n_times,) in V."""
        for pick in self.every:
            self.raw._data[pick] -= signal
        self.reference = reference
        self._changed()

    def drop(self, index: int) -> None:
        """Let a channel with a position predict others no longer."""
        self.kept = [kept for kept in self.kept if kept != index]
        self._eyes = None

    def divide(self, index: int, divisor: float) -> None:
        """Divide the samples of a channel with a position."""
        self.raw._data[self.sources[index]] /= divisor
        self._changed()

    def exchange(self, one: int, other: int) -> None:
        """Exchange the samples of two channels with a position."""
        pair = [self.sources[one], self.sources[other]]
        self.raw._data[pair] = self.raw._data[pair[::-1]]
        self._changed()

    def reorder(self, sources: Ints) -> None:
        """Give channels with a position the samples of others of them."""
        self.raw._data[self.sources] = self.raw._data[np.array(self.sources)[sources]]
        self._changed()

    def _changed(self) -> None:
        self.changes = changes_of(self.raw, self.picks)
        self._eyes = None

    def less_fitting(self, pair: tuple[int, int]) -> tuple[int, int]:
        """Of two of ``picks``, the one that fits its electrode less, then the other: the later where nothing tells."""
        where = [self.sources.index(self.picks[i]) if self.picks[i] in self.sources else -1 for i in pair]
        if min(where) < 0 or not set(where) <= set(self.kept) or len(self.kept) <= scale.MIN_CHANNELS:
            return pair[1], pair[0]
        fits = []
        for at, other in (where, where[::-1]):
            kept = [i for i in self.kept if i != other]
            inverse = spline_inverse(self.places[kept])
            blocks = self.located_changes.of(kept).covariances
            fits.append(float(np.median([left_out(c, inverse)[1][kept.index(at)] for c in blocks])))
        return (pair[0], pair[1]) if fits[0] < fits[1] else (pair[1], pair[0])
