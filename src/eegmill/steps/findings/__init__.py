"""What ``inspect`` finds, fault by fault: the numbers of ``signal.faults`` as findings, and what is done about each."""

from __future__ import annotations

from collections.abc import Iterator

from . import channels, time_axis, whole
from .finding import Fault, Finding, Judged
from .seen import Seen


def findings_of(seen: Seen, *, correct: bool, renew_average: bool, min_repeated_s: float) -> Iterator[Finding]:
    """All findings; a channel that is found faulty, and not put right, takes no part in what is looked for next."""
    yield from channels.find_quantisation(seen)
    yield from whole.find_reference(seen, renew=renew_average)
    yield from channels.find_copies(seen)
    if seen.comparable:
        yield from channels.find_far_off(seen, correct=correct)
        shifted = list(channels.find_shift(seen, correct=correct))
        yield from shifted
        if seen.eyes and whole.is_turned(seen.eyes):
            seen.untested("names, signs and gains of channels: the montage is turned, and predicts nothing of them")
        elif not shifted:
            yield from channels.find_swaps(seen, correct=correct)
            yield from channels.find_scales(seen, correct=correct)
    yield from whole.find_eyes(seen, correct=correct)
    yield from whole.find_size(seen)
    yield from time_axis.find_held(seen)
    yield from time_axis.find_repeats(seen, min_repeated_s=min_repeated_s)
    yield from time_axis.find_cuts(seen)
    yield from time_axis.find_line(seen)


__all__ = ["Fault", "Finding", "Judged", "Seen", "findings_of"]
