"""Faults of the whole recording: where the eyes are, its size, its reference."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from ...recording import AS_RECORDED
from ...signal.faults import average, size
from ...signal.faults.changes import changes_of
from ...signal.faults.eyes import Eyes
from ...signal.reference.mean import mean_signal
from .finding import Finding
from .seen import Seen

if TYPE_CHECKING:
    from ...signal.types import Floats, Mask

MIN_TURN_DEG = 45.0
MIN_BETTER_FIT = 0.2
"""By how much eyes elsewhere must fit better than eyes in front, for the montage to be turned: behind 0.24 and more,
where eyes in front that are negative fit by half, ..."""
MIN_BETTER_FIT_OF_ONE = 0.4
"""... and by how much where one electrode has most of the field, as one that is bad, ..."""
MIN_SECOND = 0.4
"""... and the second less than this of it."""
EVERY = 7
"""Samples that the size of channels is told by: one of so many."""
MIN_FRONT_FIT = 0.85
"""For eyes in front, for their sign and size, and for those of one electrode."""
FIT_UNCERTAINTY, SIZE_UNCERTAINTY = 0.015, 0.03
"""By how much a hundredth of noise, or a second less, moves how blinks fit, and by what share of it the size of changes
and of blinks: 95 % of 36 fits and 66 sizes. An average reference that nobody told, and coarse steps, a hundredth of
noise hides whatever their score."""


def is_turned(seen: Eyes) -> bool:
    """Whether the eyes are elsewhere than in front."""
    turn_deg = min(seen.direction_deg, 360 - seen.direction_deg)
    sure = seen.second >= MIN_SECOND or seen.fit >= MIN_FRONT_FIT
    return turn_deg >= MIN_TURN_DEG and _better(seen) >= _min_better(seen) and sure


def _or_loose(seen: Eyes) -> str:
    """What else may jump like blinks that one electrode has nearly alone."""
    return "" if seen.second >= MIN_SECOND else ", or the one electrode that has most of them is loose"


def _better(seen: Eyes) -> float:
    return seen.fit - abs(seen.fit_in_front)


def _min_better(seen: Eyes) -> float:
    return MIN_BETTER_FIT if seen.second >= MIN_SECOND else MIN_BETTER_FIT_OF_ONE


def find_eyes(seen: Seen, *, correct: bool) -> Iterator[Finding]:
    """Where the eyes are, their sign, and the height of blinks."""
    found = seen.eyes
    if found is None:
        seen.untested("montage and sign of all: no blinks that could tell where the eyes are")
        return
    if is_turned(found):
        yield Finding(
            fault="montage",
            score=_better(found),
            limit=_min_better(found),
            uncertainty=FIT_UNCERTAINTY,
            done="noted",
            told=(
                f"{found.n_blinks} blinks come from {found.direction_deg:g}° (anticlockwise from the front): "
                f"the montage is rotated or mirrored{_or_loose(found)}"
            ),
        )
    elif found.fit_in_front <= -MIN_FRONT_FIT:
        if correct:
            seen.raw._data[seen.picks] *= -1
        yield Finding(
            fault="inverted_file",
            score=-found.fit_in_front,
            limit=MIN_FRONT_FIT,
            uncertainty=FIT_UNCERTAINTY,
            done="corrected" if correct else "noted",
            told=f"the eyes are negative in {found.n_blinks} blinks: the whole recording is inverted",
        )
    height_uv = 1e6 * found.amplitude_v
    if found.fit < MIN_FRONT_FIT:
        seen.untested(
            f"sign of all and size by blinks: they are like eyes by {found.fit:.2f}, and {MIN_FRONT_FIT:g} are needed"
        )
    elif not size.BLINK_UV[0] <= height_uv <= size.BLINK_UV[1]:
        yield _of_size(f"blinks are {height_uv:.3g} µV high", height_uv, size.BLINK_UV)


def _of_size(seen: str, value_uv: float, bounds_uv: tuple[float, float]) -> Finding:
    low, high = bounds_uv
    side = f"below {low:g}" if value_uv < low else f"above {high:g}"
    sure = not low / size.SURE <= value_uv <= high * size.SURE
    return Finding(
        fault="file_gain",
        score=value_uv,
        limit=low if value_uv < low else high,
        uncertainty=SIZE_UNCERTAINTY * value_uv,
        done="noted",
        told=f"{seen}, {side} µV: the gain or unit of the whole recording {'is' if sure else 'may be'} wrong",
    )


def find_size(seen: Seen) -> Iterator[Finding]:
    """Whether the size of the whole recording is one that EEG has."""
    size_uv = size.size_uv(seen.changes.values)
    if size_uv and not size.TYPICAL_UV[0] <= size_uv <= size.TYPICAL_UV[1]:
        yield _of_size(f"the median change within 20 ms is {size_uv:.3g} µV", size_uv, size.TYPICAL_UV)


def find_reference(seen: Seen, *, renew: bool) -> Iterator[Finding]:
    """An average reference that nobody declared, be bad channels in it or not."""
    if seen.reference != AS_RECORDED:
        return
    picks, values = _of_every_channel(seen)
    inside = average.members(values)
    left = average.mean_left(values[inside])
    if left < average.MAX_MEAN:
        names = [seen.raw.ch_names[pick] for pick in picks]
        outside = [name for name, is_in in zip(names, inside, strict=True) if not is_in]
        apart = f" without {', '.join(outside)}" if outside else ""
        loud = _loud_in(seen, picks, values, inside)
        renewed = renew and bool(loud) and _average_without(seen, picks, inside, loud)
        held = f"; {', '.join(loud)} in it, far larger than the others, have their share in all" if loud else ""
        yield Finding(
            fault="reference",
            channels=tuple(loud),
            score=left,
            limit=average.MAX_MEAN,
            done="corrected" if renewed else "noted",
            told=(
                f"the mean over {np.count_nonzero(inside)} EEG channels{apart} is nothing: the recording has an "
                f"average reference already{held}{': the average is made anew without them' if renewed else ''}"
            ),
        )


def _loud_in(seen: Seen, picks: Sequence[int], values: Floats, inside: Mask) -> list[str]:
    """Names of the channels of an average that are far larger than the others."""
    members = [pick for pick, is_in in zip(picks, inside, strict=True) if is_in]
    loud = average.loud(values[inside], [seen.raw._data[pick, ::EVERY] for pick in members])
    return [seen.raw.ch_names[pick] for pick, is_loud in zip(members, loud, strict=True) if is_loud]


def _average_without(seen: Seen, picks: Sequence[int], inside: Mask, loud: Sequence[str]) -> bool:
    """Subtract the mean of the good channels of an average but the loud ones from all EEG channels; whether any are."""
    members = {pick for pick, is_in in zip(picks, inside, strict=True) if is_in}
    kept = [pick for pick in seen.picks if pick in members and seen.raw.ch_names[pick] not in loud]
    if len(kept) < average.MIN_CHANNELS:
        return False
    seen.refer_all_to(f"average of {len(kept)} channels", mean_signal(seen.raw, kept))
    return True


def _of_every_channel(seen: Seen) -> tuple[list[int], Floats]:
    """Indices and changes of all EEG channels that move, be they bad or not."""
    every = seen.every
    values = seen.changes.values if every == seen.picks else changes_of(seen.raw, every).values
    moving: Mask = np.logical_and(values.any(axis=1), np.isfinite(values).all(axis=1))
    return [pick for pick, moves in zip(every, moving, strict=True) if moves], values[moving]
