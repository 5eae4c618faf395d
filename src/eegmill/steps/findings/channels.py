"""Faults of channels: names that are shifted or exchanged, signs and gains, copies, coarse values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from ...signal.faults import copies, order, quantisation, scale, swaps
from .finding import Done, Fault, Finding, Judged
from .seen import Seen


def find_shift(seen: Seen, *, correct: bool) -> Iterator[Finding]:
    """Names that are shifted along the channels."""
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
        uncertainty=order.UNCERTAINTY,
        agreement=found.blocks_agreeing,
        done="corrected" if correct else "noted",
        told=told,
    )


def find_far_off(seen: Seen, *, correct: bool) -> Iterator[Finding]:
    """Gains that are so far off that nothing else could be told beside them."""
    kept = list(seen.kept)
    wrong, unlike = scale.far_off(seen.located_changes.of(kept), seen.places[kept])
    yield from _of_scales(seen, kept, wrong, correct=correct)
    for index in unlike:
        seen.untested(f"'{seen.name(kept[index])}' against the others: it is far larger, and like none of them")
        seen.drop(kept[index])


def find_scales(seen: Seen, *, correct: bool) -> Iterator[Finding]:
    """Inverted channels, and those with a wrong gain."""
    kept = list(seen.kept)
    wrong = scale.wrong_scales(seen.located_changes.of(kept), seen.places[kept])
    yield from _of_scales(seen, kept, wrong, correct=correct)


def _of_scales(seen: Seen, kept: list[int], found: Sequence[scale.WrongScale], *, correct: bool) -> Iterator[Finding]:
    for one in found:
        name = seen.name(kept[one.index])
        fault: Fault = "polarity" if one.factor < 0 else "gain"
        judged = Judged(fault=fault, channels=(name,), criterion=one.criterion)
        if one.criterion.is_fault:
            yield _of_scale(seen, kept[one.index], one, judged, correct=correct)
        else:
            seen.nearly(judged)


def _of_scale(seen: Seen, index: int, found: scale.WrongScale, judged: Judged, *, correct: bool) -> Finding:
    name = seen.name(index)
    inverted = found.factor < 0
    if inverted:
        told = f"'{name}' is inverted: it correlates by {found.correlation:.2f} with what the others predict"
    else:
        told = f"'{name}' has a wrong gain: it is {abs(found.factor):.3g} times what the other channels predict"
    return Finding(
        fault=judged.fault,
        channels=(name,),
        score=found.correlation if inverted else found.distance,
        limit=scale.MAX_CORRELATION if inverted else found.limit,
        uncertainty=found.uncertainty,
        agreement=found.blocks_agreeing,
        done=_rescued(seen, index, found.divisor, correct=correct),
        told=told,
        judged=(judged,),
    )


def _rescued(seen: Seen, index: int, divisor: float, *, correct: bool) -> Done:
    """Divide a channel where that is wanted; it takes no part in what follows otherwise."""
    if correct:
        seen.divide(index, divisor)
        return "corrected"
    seen.drop(index)
    return "marked bad"


def find_swaps(seen: Seen, *, correct: bool) -> Iterator[Finding]:
    """Channels that carry each other's name."""
    kept = seen.kept
    for found in swaps.swaps(seen.located_changes.of(kept), seen.places[kept]):
        one, other = (kept[index] for index in found.channels)
        names = seen.name(one), seen.name(other)
        judged = Judged(fault="swap", channels=names, criterion=found.criterion)
        if not found.criterion.is_fault:
            seen.nearly(judged)
            continue
        if correct:
            seen.exchange(one, other)
        else:
            seen.drop(one)
            seen.drop(other)
        fit, fit_other = found.correlations
        how = (
            f"the difference between them is the opposite of what the others predict ({-found.gain:.2f})"
            if found.by_difference
            else f"each fits the other's electrode better ({fit:.2f}, {fit_other:.2f})"
        )
        yield Finding(
            fault="swap",
            channels=names,
            score=found.gain,
            limit=found.limit,
            uncertainty=found.uncertainty,
            agreement=found.blocks_agreeing,
            done="corrected" if correct else "marked bad",
            told=f"'{names[0]}' and '{names[1]}' are swapped: {how}",
            judged=(judged,),
        )


def find_copies(seen: Seen) -> Iterator[Finding]:
    """Channels that are another one, but for factor and offset."""
    gone: set[int] = set()
    for found in copies.copies(seen.changes.values):
        lost, kept = seen.less_fitting(found.channels)
        if lost in gone or kept in gone:
            continue
        copy, original = seen.raw.ch_names[seen.picks[lost]], seen.raw.ch_names[seen.picks[kept]]
        judged = Judged(fault="copy", channels=(copy,), criterion=found.criterion)
        if not found.criterion.is_fault:
            seen.nearly(judged)
            continue
        gone.add(lost)
        if seen.picks[lost] in seen.sources:
            seen.drop(seen.sources.index(seen.picks[lost]))
        yield Finding(
            fault="copy",
            channels=(copy,),
            score=found.unshared,
            limit=copies.MAX_UNSHARED,
            uncertainty=found.criterion.uncertainty,
            done="marked bad",
            told=f"'{copy}' is a copy of '{original}', or the other way round: only factor and offset differ",
            judged=(judged,),
        )


def find_quantisation(seen: Seen) -> Iterator[Finding]:
    """Channels whose values lie on coarse steps."""
    coarseness, coarse = quantisation.coarse_steps(seen.changes.values)
    found = np.flatnonzero(coarse)
    if found.size:
        names = tuple(str(seen.raw.ch_names[seen.picks[index]]) for index in found)
        worst = float(coarseness[found].max())
        alone = worst <= quantisation.MAX_STEP
        yield Finding(
            fault="quantisation",
            channels=names,
            score=worst,
            limit=quantisation.MAX_STEP_ALONE if alone else quantisation.MAX_STEP,
            done="noted",
            told=(
                f"values of {', '.join(names)} lie on steps of up to {worst:.3g} times their usual change in 20 ms"
                f"{', coarser than those of the other channels' if alone else ''}"
            ),
        )
