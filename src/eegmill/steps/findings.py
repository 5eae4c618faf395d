"""What ``inspect`` finds, fault by fault: the numbers of ``signal.faults`` as findings, and what is done about each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

import numpy as np

from ..models import Frozen
from ..recording import Recording, Segment
from ..signal.channels import good_eeg, located, positions_m
from ..signal.faults import average, copies, cuts, eyes, held, line, order, quantisation, repeats, scale, size, swaps
from ..signal.faults.changes import Changes, changes_of
from ..signal.left_out import left_out, spline_inverse
from ..signal.sphere import directions

if TYPE_CHECKING:
    from ..signal.types import Floats, Ints, Mask

Fault = Literal[
    "polarity",
    "gain",
    "swap",
    "copy",
    "shift",
    "montage",
    "inverted_file",
    "file_gain",
    "reference",
    "quantisation",
    "held",
    "repeat",
    "cut",
    "rate",
    "clock",
]
Done = Literal["marked bad", "annotated", "noted", "corrected"]
MAX_ANNOTATED = 0.5
"""Share of the recording: where more of it is held or repeated, it is told, and nothing would be left if it were
bad."""
BETWEEN_S = 0.05
"""Held stretches with less between them are one."""
MIN_MOMENTS = 1000
"""Changes that channels are compared in: fewer are alike by chance."""
MIN_TURN_DEG = 45.0
MIN_BETTER_FIT = 0.4
"""By how much eyes elsewhere must fit better than eyes in front, for the montage to be turned."""
MIN_FRONT_FIT = 0.85


class Finding(Frozen):
    """A fault: what, where, how sure, and what was done about it."""

    fault: Fault
    channels: tuple[str, ...] = ()
    """The faulty channels; none where all are concerned."""
    segments: tuple[Segment, ...] = ()
    score: float
    limit: float
    agreement: float | None = None
    """Share of up to eight stretches of time that say the same by themselves; None where the whole says it once."""
    done: Done
    told: str
    """The finding as a sentence without its stop."""

    @property
    def margin(self) -> float:
        """How far the score is beyond its limit, in limits: 0 at the limit."""
        return abs(self.score - self.limit) / abs(self.limit)


class Seen:
    """What is measured once of the good channels, and which of them still predict others."""

    def __init__(self, recording: Recording) -> None:
        self.raw = recording.raw
        self.as_recorded = recording.reference == "as recorded"
        self.picks = good_eeg(self.raw, least=0)
        self.sources = located(self.raw, self.picks)
        places = positions_m(self.raw, self.sources)
        self.places: Floats = directions(np.array(places)) if places else np.zeros((0, 3))
        self.changes = changes_of(self.raw, self.picks)
        self.still: Mask = held.standing_still(self.raw, self.picks)
        self.kept = list(range(len(self.sources)))
        self.not_tested: tuple[str, ...] = ()
        self.paddings: tuple[str, ...] = ()
        if len(self.sources) < scale.MIN_CHANNELS:
            n, needed = len(self.sources), scale.MIN_CHANNELS
            self.untested(f"channels against the others: {n} have a position, {needed} are needed")
        elif self.changes.values.shape[1] < MIN_MOMENTS:
            moments = self.changes.values.shape[1]
            self.untested(f"channels against the others: they move at {moments} moments, {MIN_MOMENTS} are needed")

    def untested(self, why: str) -> None:
        """Note what could not be looked for."""
        self.not_tested = (*self.not_tested, why)

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

    def drop(self, index: int) -> None:
        """Let a channel with a position predict others no longer."""
        self.kept = [kept for kept in self.kept if kept != index]

    def divide(self, index: int, divisor: float) -> None:
        """Divide the samples of a channel with a position."""
        self.raw._data[self.sources[index]] /= divisor
        self.changes = changes_of(self.raw, self.picks)

    def exchange(self, one: int, other: int) -> None:
        """Exchange the samples of two channels with a position."""
        pair = [self.sources[one], self.sources[other]]
        self.raw._data[pair] = self.raw._data[pair[::-1]]
        self.changes = changes_of(self.raw, self.picks)

    def reorder(self, sources: Ints) -> None:
        """Give channels with a position the samples of others of them."""
        self.raw._data[self.sources] = self.raw._data[np.array(self.sources)[sources]]
        self.changes = changes_of(self.raw, self.picks)

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


def findings_of(seen: Seen, *, correct: bool, min_repeated_s: float) -> Iterator[Finding]:
    """All findings; a channel that is found faulty, and not put right, takes no part in what is looked for next."""
    if seen.comparable:
        shifted = list(_shift(seen, correct=correct))
        yield from shifted
        if not shifted:
            yield from _swaps(seen, correct=correct)
            yield from _scales(seen, correct=correct)
    yield from _copies(seen)
    yield from _eyes(seen, correct=correct)
    yield from _size(seen)
    yield from _reference(seen)
    yield from _quantisation(seen)
    yield from _held(seen)
    yield from _repeats(seen, min_repeated_s=min_repeated_s)
    yield from _cuts(seen)
    yield from _line(seen)


def _shift(seen: Seen, *, correct: bool) -> Iterator[Finding]:
    if len(seen.sources) < order.MIN_CHANNELS:
        return
    found = order.best_shift(seen.located_changes, seen.places)
    if found.gain <= order.MIN_GAIN or found.blocks_agreeing < order.MIN_AGREEMENT:
        return
    told = (
        f"signals fit their electrodes better {abs(found.by)} {'later' if found.by < 0 else 'earlier'} in the order of "
        f"the channels: names may be shifted"
    )
    if correct:
        seen.reorder(np.roll(np.arange(len(seen.sources)), -found.by))
    yield Finding(
        fault="shift",
        score=found.gain,
        limit=order.MIN_GAIN,
        agreement=found.blocks_agreeing,
        done="corrected" if correct else "noted",
        told=told,
    )


def _scales(seen: Seen, *, correct: bool) -> Iterator[Finding]:
    kept = seen.kept
    for found in scale.wrong_scales(seen.located_changes.of(kept), seen.places[kept]):
        index = kept[found.index]
        name = seen.name(index)
        size_told = f"{abs(found.factor):.3g} times what the other channels predict"
        inverted = found.factor < 0
        if inverted:
            told = f"'{name}' is inverted: it correlates by {found.correlation:.2f} with what the others predict"
        else:
            told = f"'{name}' has a wrong gain: it is {size_told}"
        yield Finding(
            fault="polarity" if inverted else "gain",
            channels=(name,),
            score=found.correlation if inverted else found.distance,
            limit=scale.MAX_CORRELATION if inverted else found.limit,
            agreement=found.blocks_agreeing,
            done=_rescued(seen, index, found.divisor, correct=correct),
            told=told,
        )


def _rescued(seen: Seen, index: int, divisor: float, *, correct: bool) -> Done:
    """Divide a channel where that is wanted; it takes no part in what follows otherwise."""
    if correct:
        seen.divide(index, divisor)
        return "corrected"
    seen.drop(index)
    return "marked bad"


def _swaps(seen: Seen, *, correct: bool) -> Iterator[Finding]:
    kept = seen.kept
    for found in swaps.swaps(seen.located_changes.of(kept), seen.places[kept]):
        one, other = (kept[index] for index in found.channels)
        names = seen.name(one), seen.name(other)
        if correct:
            seen.exchange(one, other)
        else:
            seen.drop(one)
            seen.drop(other)
        fit, fit_other = found.correlations
        yield Finding(
            fault="swap",
            channels=names,
            score=found.gain,
            limit=swaps.MIN_GAIN,
            agreement=found.blocks_agreeing,
            done="corrected" if correct else "marked bad",
            told=(
                f"'{names[0]}' and '{names[1]}' are swapped: each fits the other's electrode better "
                f"({fit:.2f}, {fit_other:.2f})"
            ),
        )


def _copies(seen: Seen) -> Iterator[Finding]:
    gone: set[int] = set()
    for found in copies.copies(seen.changes.values):
        lost, kept = seen.less_fitting(found.channels)
        if lost in gone or kept in gone:
            continue
        gone.add(lost)
        copy, original = seen.raw.ch_names[seen.picks[lost]], seen.raw.ch_names[seen.picks[kept]]
        yield Finding(
            fault="copy",
            channels=(copy,),
            score=found.unshared,
            limit=copies.MAX_UNSHARED,
            done="marked bad",
            told=f"'{copy}' is a copy of '{original}', or the other way round: only factor and offset differ",
        )


def _eyes(seen: Seen, *, correct: bool) -> Iterator[Finding]:
    kept = seen.kept
    found = eyes.eyes(seen.raw, [seen.sources[i] for i in kept], seen.places[kept]) if kept else None
    if found is None:
        seen.untested("montage and sign of all: no blinks that could tell where the eyes are")
        return
    turn_deg = min(found.direction_deg, 360 - found.direction_deg)
    if turn_deg >= MIN_TURN_DEG and found.fit - abs(found.fit_in_front) >= MIN_BETTER_FIT:
        yield Finding(
            fault="montage",
            score=found.fit - abs(found.fit_in_front),
            limit=MIN_BETTER_FIT,
            done="noted",
            told=(
                f"{found.n_blinks} blinks come from {found.direction_deg:g}° (anticlockwise from the front): "
                "the montage is rotated or mirrored"
            ),
        )
    elif found.fit_in_front <= -MIN_FRONT_FIT:
        if correct:
            seen.raw._data[seen.picks] *= -1
        yield Finding(
            fault="inverted_file",
            score=-found.fit_in_front,
            limit=MIN_FRONT_FIT,
            done="corrected" if correct else "noted",
            told=f"the eyes are negative in {found.n_blinks} blinks: the whole recording is inverted",
        )
    height_uv = 1e6 * found.amplitude_v
    if not size.BLINK_UV[0] <= height_uv <= size.BLINK_UV[1]:
        yield _of_size(f"blinks are {height_uv:.3g} µV high", height_uv, size.BLINK_UV)


def _repeats(seen: Seen, *, min_repeated_s: float) -> Iterator[Finding]:
    sfreq = float(seen.raw.info["sfreq"])
    found = repeats.repeats(seen.raw, seen.picks)
    long = [one for one in found if one.stop - one.start >= min_repeated_s * sfreq]
    for some, annotate in ((long, True), ([one for one in found if one not in long], False)):
        if not some:
            continue
        longest = max(some, key=lambda one: one.stop - one.start)
        share = repeats.covered_by(some, seen.raw.n_times) / seen.raw.n_times
        stretch = "1 stretch repeats" if len(some) == 1 else f"{len(some)} stretches repeat"
        yield Finding(
            fault="repeat",
            segments=tuple(_segment(one.start, one.stop, sfreq, "BAD_repeated") for one in some),
            score=(longest.stop - longest.start) / sfreq,
            limit=repeats.MIN_S,
            done="annotated" if annotate and share <= MAX_ANNOTATED else "noted",
            told=(
                f"{stretch} an earlier one sample by sample, {share:.1%} of the recording; the longest, "
                f"{(longest.stop - longest.start) / sfreq:.2f} s from {longest.start / sfreq:.2f} s on, that from "
                f"{longest.source / sfreq:.2f} s on"
            ),
        )


def _segment(start: int, stop: int, sfreq_hz: float, description: str) -> Segment:
    return Segment(onset_s=start / sfreq_hz, duration_s=(stop - start) / sfreq_hz, description=description)


def _of_size(seen: str, value_uv: float, bounds_uv: tuple[float, float]) -> Finding:
    low, high = bounds_uv
    side = f"below {low:g}" if value_uv < low else f"above {high:g}"
    return Finding(
        fault="file_gain",
        score=value_uv,
        limit=low if value_uv < low else high,
        done="noted",
        told=f"{seen}, {side} µV: the gain or unit of the whole recording may be wrong",
    )


def _size(seen: Seen) -> Iterator[Finding]:
    size_uv = size.size_uv(seen.changes.values)
    if size_uv and not size.TYPICAL_UV[0] <= size_uv <= size.TYPICAL_UV[1]:
        yield _of_size(f"the median change within 20 ms is {size_uv:.3g} µV", size_uv, size.TYPICAL_UV)


def _reference(seen: Seen) -> Iterator[Finding]:
    left = average.mean_left(seen.changes.values)
    if left < average.MAX_MEAN and seen.as_recorded:
        yield Finding(
            fault="reference",
            score=left,
            limit=average.MAX_MEAN,
            done="noted",
            told="the mean over the good channels is nothing: the recording has an average reference already",
        )


def _quantisation(seen: Seen) -> Iterator[Finding]:
    coarse = quantisation.coarseness(seen.changes.values)
    found = np.flatnonzero(coarse > quantisation.MAX_STEP)
    if found.size:
        names = tuple(str(seen.raw.ch_names[seen.picks[index]]) for index in found)
        worst = float(coarse.max())
        yield Finding(
            fault="quantisation",
            channels=names,
            score=worst,
            limit=quantisation.MAX_STEP,
            done="noted",
            told=f"values of {', '.join(names)} lie on steps of up to {worst:.3g} times their usual change in 20 ms",
        )


def _held(seen: Seen) -> Iterator[Finding]:
    raw, sfreq = seen.raw, float(seen.raw.info["sfreq"])
    stretches = [(int(start), int(stop)) for start, stop in held.held(raw, seen.picks)]
    start, stop = held.padded(stretches, raw.n_times, BETWEEN_S * sfreq)
    for length, where in ((start, "begins"), (raw.n_times - stop, "ends")):
        if length:
            seen.paddings = (*seen.paddings, f"the recording {where} with {length / sfreq:.2f} s without any signal")
    inside = [stretch for stretch in stretches if stretch[0] > start and stretch[1] <= stop]
    if not inside:
        return
    lengths = [end - first for first, end in inside]
    share = sum(lengths) / raw.n_times
    yield Finding(
        fault="held",
        segments=tuple(_segment(first, end, sfreq, "BAD_held") for first, end in inside),
        score=max(lengths) / sfreq,
        limit=max(held.MIN_S, held.MIN_SAMPLES / sfreq),
        done="annotated" if share <= MAX_ANNOTATED else "noted",
        told=(
            f"all channels stand still {_times(len(inside))} for up to {max(lengths) / sfreq:.3g} s, {share:.1%} of "
            "the recording: samples were lost"
        ),
    )


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _cuts(seen: Seen) -> Iterator[Finding]:
    sfreq = float(seen.raw.info["sfreq"])
    found = cuts.cuts(seen.raw, seen.picks, seen.still)
    if found:
        at = ", ".join(f"{one.sample / sfreq:.2f}" for one in found[:5]) + (" …" if len(found) > 5 else "")
        yield Finding(
            fault="cut",
            segments=tuple(_segment(one.sample, one.sample, sfreq, "boundary") for one in found),
            score=min(one.jump for one in found),
            limit=cuts.MIN_JUMP,
            done="annotated",
            told=f"all channels jump at once, as where samples were cut out, at {at} s: nothing is filtered across",
        )


def _line(seen: Seen) -> Iterator[Finding]:
    found = line.line(seen.raw, seen.picks)
    if found is None:
        seen.untested("rate and clock: no line of the mains stands out")
        return
    if found.wrong_rate:
        rate, sfreq = found.wrong_rate, float(seen.raw.info["sfreq"])
        yield Finding(
            fault="rate",
            score=rate.height_db,
            limit=line.STRONG_DB,
            done="noted",
            told=(
                f"a line stands at {rate.line_hz:.2f} Hz and none at the mains: {rate.mains_hz:g} Hz at a rate of "
                f"{sfreq / rate.ratio:g} Hz, not {sfreq:g} Hz?"
            ),
        )
    wander = found.wander
    if wander and wander.range_hz > line.MAX_RANGE_HZ and wander.roughness < line.MAX_ROUGHNESS:
        yield Finding(
            fault="clock",
            score=wander.range_hz,
            limit=line.MAX_RANGE_HZ,
            done="noted",
            told=f"the mains wander by {wander.range_hz:.2f} Hz about {wander.line_hz:.2f} Hz: the clock is not steady",
        )
