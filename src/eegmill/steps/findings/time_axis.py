"""Faults of the time axis: what was lost, pasted, cut, or measured by a clock that is wrong."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from ...signal.faults import cuts, held, line, repeats
from ...signal.faults.criterion import Criterion, weakest
from ...signal.missing import GAP
from .finding import Finding, Judged, segment
from .seen import Seen

MAX_ANNOTATED = 0.5
"""Share of the recording: where more of it is held or repeated, it is told, and nothing would be left if it were
bad."""
MIN_PIECE_S = 10.0
"""Mean time between cuts from which on they are marked: a high-pass of 0.5 Hz is as long."""
HEIGHT_UNCERTAINTY, WANDER_UNCERTAINTY = 0.35, 0.013
"""By what share of it a hundredth of noise, or a second less, moves the height of a line, in dB, and how far the mains
wander: 95 % of 42 heights of lines that were put into recordings without any, and of 39 clocks."""
BETWEEN_S = 0.05
"""Held stretches with less between them are one."""


def find_repeats(seen: Seen, *, min_repeated_s: float) -> Iterator[Finding]:
    """Stretches that are equal to an earlier one: long ones apart from short ones."""
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
            segments=tuple(segment(one.start, one.stop, sfreq, "BAD_repeated") for one in some),
            score=(longest.stop - longest.start) / sfreq,
            limit=min_repeated_s if annotate else repeats.MIN_S,
            uncertainty=(longest.stop - longest.start) / sfreq,
            done="annotated" if annotate and share <= MAX_ANNOTATED else "noted",
            told=(
                f"{stretch} an earlier one sample by sample, {share:.1%} of the recording; the longest, "
                f"{(longest.stop - longest.start) / sfreq:.2f} s from {longest.start / sfreq:.2f} s on, that from "
                f"{longest.source / sfreq:.2f} s on"
            ),
            judged=tuple(_of_repeat(one, sfreq, min_repeated_s) for one in some) if annotate else (),
        )


def _of_repeat(one: repeats.Repeat, sfreq_hz: float, min_repeated_s: float) -> Judged:
    """A hundredth of noise of every moment's own leaves nothing equal."""
    length_s = (one.stop - one.start) / sfreq_hz
    criterion = Criterion(
        words="repeat: seconds that are equal to earlier ones sample by sample, which noise would hide",
        score=length_s,
        limit=math.nextafter(min_repeated_s, 0.0),
        uncertainty=length_s,
    )
    return Judged(fault="repeat", segment=segment(one.start, one.stop, sfreq_hz, "BAD_repeated"), criterion=criterion)


def find_held(seen: Seen) -> Iterator[Finding]:
    """Stretches in which all channels stand still; at the ends they are no fault, and `Seen.filled_up` has them."""
    raw, sfreq = seen.raw, float(seen.raw.info["sfreq"])
    stretches = [(int(start), int(stop)) for start, stop in held.held(raw, seen.picks)]
    start, stop = held.padded(stretches, raw.n_times, BETWEEN_S * sfreq)
    # At the end with the sample that the first of them repeats: it may be filling, too.
    ends = ((0, start), (stop - 1 if stop < raw.n_times else stop, raw.n_times))
    seen.filled_up = tuple(segment(first, end, sfreq, GAP) for first, end in ends if end > first)
    inside = [stretch for stretch in stretches if stretch[0] > start and stretch[1] <= stop]
    if not inside:
        return
    lengths = [end - first for first, end in inside]
    share = sum(lengths) / raw.n_times
    yield Finding(
        fault="held",
        segments=tuple(segment(first, end, sfreq, "BAD_held") for first, end in inside),
        score=max(lengths) / sfreq,
        limit=held.shortest(len(seen.picks), sfreq) / sfreq,
        uncertainty=0.0,
        done="annotated" if share <= MAX_ANNOTATED else "noted",
        told=(
            f"all channels stand still {_times(len(inside))} for up to {max(lengths) / sfreq:.3g} s, {share:.1%} of "
            "the recording: samples were lost"
        ),
    )


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def find_cuts(seen: Seen) -> Iterator[Finding]:
    """Places where all channels go on as if at another moment; only told where they leave too little to filter."""
    sfreq = float(seen.raw.info["sfreq"])
    unsteady = seen.line is not None and seen.line.is_unsteady
    judged = cuts.cuts(seen.raw, seen.picks, seen.still, steady_mains=not unsteady)
    found = [one for one in judged if one.criterion.is_fault]
    pieces = between_cuts([one.criterion for one in judged], seen.raw.n_times / sfreq)
    each = {one.sample: _of_cut(one, pieces, sfreq) for one in judged}
    for one in each.values():
        if one.criterion.is_near:
            seen.nearly(one)
    if not found:
        return
    at = ", ".join(f"{one.sample / sfreq:.2f}" for one in found[:5]) + (" …" if len(found) > 5 else "")
    marked = pieces.score >= MIN_PIECE_S
    consequence = (
        "nothing is filtered across"
        if marked
        else f"pieces of {pieces.score:.2g} s in the mean are too short to be filtered apart, so that filters go across"
    )
    yield Finding(
        fault="cut",
        segments=tuple(segment(one.sample, one.sample, sfreq, "boundary") for one in found),
        score=min(one.jump for one in found),
        limit=cuts.MIN_JUMP,
        uncertainty=min(one.criterion.uncertainty for one in found),
        done="annotated" if marked else "noted",
        told=(
            f"all channels jump together {_times(len(found))}, as where samples were cut out, at {at} s: {consequence}"
        ),
        judged=tuple(each[one.sample] for one in found),
    )


def between_cuts(judged: Sequence[Criterion], duration_s: float) -> Criterion:
    """Whether what lies between cuts is long enough for them to be marked: each that can turn moves it."""
    n_sure = sum(one.is_fault and not one.is_borderline for one in judged)
    longest_s, piece_s, shortest_s = (
        duration_s / (n_cuts + 1) for n_cuts in (n_sure, sum(one.is_fault for one in judged), len(judged))
    )
    return Criterion(
        words="cut: seconds between cuts in the mean, for filters to stop there",
        score=piece_s,
        limit=MIN_PIECE_S,
        uncertainty=max(longest_s - piece_s, piece_s - shortest_s),
    )


def _of_cut(one: cuts.Cut, pieces: Criterion, sfreq_hz: float) -> Judged:
    moment = segment(one.sample, one.sample, sfreq_hz, "boundary")
    return Judged(fault="cut", segment=moment, criterion=weakest(one.criterion, pieces))


def find_line(seen: Seen) -> Iterator[Finding]:
    """What the mains tell of rate and clock."""
    found = seen.line
    if found is None:
        seen.untested("rate and clock: no line of the mains stands out")
        return
    if found.wrong_rate:
        rate, sfreq = found.wrong_rate, float(seen.raw.info["sfreq"])
        yield Finding(
            fault="rate",
            score=rate.height_db,
            limit=line.STRONG_DB,
            uncertainty=HEIGHT_UNCERTAINTY * rate.height_db,
            done="noted",
            told=f"a line stands at {rate.line_hz:.2f} Hz and none at the mains: {_rates(rate, sfreq)}",
        )
    wander = found.wander
    if wander and found.is_unsteady:
        yield Finding(
            fault="clock",
            score=wander.range_hz,
            limit=line.MAX_RANGE_HZ,
            uncertainty=WANDER_UNCERTAINTY * wander.range_hz,
            done="noted",
            told=f"the mains wander by {wander.range_hz:.2f} Hz about {wander.line_hz:.2f} Hz: the clock is not steady",
        )


def _rates(rate: line.WrongRate, sfreq_hz: float) -> str:
    """Every rate by which the line may be one of the mains': nothing in the recording says which."""
    wrong = [f"{rate.mains_hz:g} Hz at a rate of {sfreq_hz / rate.ratio:g} Hz"]
    unless = ""
    for harmonic, ratio in rate.as_harmonics:
        alone = f"the harmonic of {harmonic * rate.mains_hz:g} Hz alone"
        if ratio == 1:
            unless = f", unless it is {alone}"
        else:
            wrong.append(f"{alone} at {sfreq_hz / ratio:g} Hz")
    return f"{', or '.join(wrong)}, not {sfreq_hz:g} Hz{unless}?"
