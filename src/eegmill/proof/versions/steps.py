"""Two traces of one recording, compared step by step: the samples, and what was decided."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...models import Frozen
from ...provenance.compare import RELATIVE_BOUND, SAMPLE_BOUND, Tier, largest_difference
from .decisions import Difference, differences, one_line, split
from .trace import TracedArray, TracedStep

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

UV_PER_V = 1e6
NOT_REACHED = "not reached"


class ArrayComparison(Frozen):
    """One array behind a step, compared."""

    kind: str
    tier: Tier
    difference: str = ""
    """What cannot be told by numbers: another shape, NaN in other places."""
    largest: float | None = None
    """The largest difference of a sample, in ``unit``."""
    rms: float | None = None
    """The root mean square of all differences, in ``unit``."""
    unit: str = ""

    def __str__(self) -> str:
        if self.tier is Tier.BITS:
            return f"{self.kind} the same"
        if self.difference:
            return f"{self.kind}: {self.difference}"
        return f"{self.kind} up to {self.largest:.2g} (RMS {self.rms:.2g}){f' {self.unit}' if self.unit else ''}"


class StepComparison(Frozen):
    """One step, compared."""

    number: int
    """Its place in the recipe; 0 is reading the file."""
    name: str
    tier: Tier
    arrays: tuple[ArrayComparison, ...] = ()
    decisions: tuple[Difference, ...] = ()
    ended: str = ""
    """How the chain ended differently."""

    @property
    def line(self) -> str:
        """The step in one line."""
        flips, numbers = split(self.decisions)
        told = [str(array) for array in self.arrays]
        told += [self.ended] if self.ended else []
        told += [one_line(f"{len(flips)} decisions flipped:", flips)] if flips else []
        told += [one_line(f"{len(numbers)} numbers beyond the bounds:", numbers, most=1)] if numbers else []
        return f"{self.number:>3} {self.name:<18} {self.tier.value:<19}  {'; '.join(told)}".rstrip()


def compare_steps(
    here: Sequence[TracedStep], there: Sequence[TracedStep], *, arrays: Path
) -> tuple[StepComparison, ...]:
    """Compare every step of one recording; a chain that ends earlier in one environment is different from there on.

    Parameters
    ----------
    arrays
        The folder in which both traces laid their numbers.
    """
    pairs = enumerate(zip_longest(here, there))
    return tuple(_compare_step(number, a, b, arrays) for number, (a, b) in pairs)


def _compare_step(number: int, here: TracedStep | None, there: TracedStep | None, arrays: Path) -> StepComparison:
    name = (here or there or TracedStep(name="")).name
    ends = [_end_of(step) for step in (here, there)]
    if here is None or there is None or ends[0] != ends[1]:
        told = ", ".join(f"{end or 'done'} {place}" for end, place in zip(ends, ("here", "there"), strict=True))
        return StepComparison(number=number, name=name, tier=Tier.DIFFERENT, ended=told)
    compared = compare_arrays(here.arrays, there.arrays, arrays)
    ours, theirs = ({**step.decisions, "labels": step.labels} for step in (here, there))
    decisions = tuple(differences(ours, theirs))
    rounded = ours != theirs
    own = Tier.DIFFERENT if decisions else Tier.NUMBERS if rounded else Tier.BITS
    tier = max((own, *(item.tier for item in compared)), key=lambda tier: tier.rank)
    return StepComparison(number=number, name=name, tier=tier, arrays=compared, decisions=decisions)


def _end_of(step: TracedStep | None) -> str:
    if step is None:
        return NOT_REACHED
    return f"rejected ({step.ended})" if step.rejected else f"failed ({step.ended})" if step.ended else ""


def compare_arrays(
    here: Sequence[TracedArray], there: Sequence[TracedArray], folder: Path
) -> tuple[ArrayComparison, ...]:
    """Compare the arrays behind one step, each with that of its kind."""
    ours, theirs = ({array.kind: array for array in side} for side in (here, there))
    return tuple(
        _compare_array(ours[kind], theirs[kind], folder)
        if kind in ours and kind in theirs
        else ArrayComparison(kind=kind, tier=Tier.DIFFERENT, difference=f"only {'here' if kind in ours else 'there'}")
        for kind in dict.fromkeys((*ours, *theirs))
    )


def _compare_array(here: TracedArray, there: TracedArray, folder: Path) -> ArrayComparison:
    import numpy as np

    kind = here.kind
    if here.file == there.file:
        return ArrayComparison(kind=kind, tier=Tier.BITS)
    if here.shape != there.shape:
        shapes = " here, ".join(" × ".join(str(length) for length in side.shape) for side in (here, there))
        return ArrayComparison(kind=kind, tier=Tier.DIFFERENT, difference=f"{shapes} there")
    ours, theirs = (np.load(folder / side.file, mmap_mode="r") for side in (here, there))
    known = np.isfinite(ours)
    if not np.array_equal(known, np.isfinite(theirs)):
        return ArrayComparison(kind=kind, tier=Tier.DIFFERENT, difference="NaN or infinity in other places")
    ours, theirs = (_columns(np.where(known, side, 0.0)) for side in (ours, theirs))
    largest, rms = size_of_difference(ours, theirs)
    bound = RELATIVE_BOUND if kind == "mixing" else SAMPLE_BOUND
    tier = Tier.NUMBERS if largest_difference(ours, theirs) <= bound else Tier.DIFFERENT
    scale, unit = (UV_PER_V, "µV") if here.unit == "V" else (1.0, here.unit)
    if kind == "mixing":  # its scale is MNE's own, so that a share says more
        scale, unit = 1.0 / (float(np.abs(ours).max(initial=0.0)) or 1.0), "of the largest weight"
    return ArrayComparison(kind=kind, tier=tier, largest=scale * largest, rms=scale * rms, unit=unit)


def _columns(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """A column a channel, or a component of a mixing matrix: shape (samples, channels).

    Signals have shape (n_channels, n_times), epochs (n_epochs, n_channels, n_times), and the matrix
    (n_channels, n_components), whose range is compared over its channels' rows.
    """
    return values.swapaxes(0, -2).reshape(values.shape[-2], -1).T


def size_of_difference(here: NDArray[Any], there: NDArray[Any]) -> tuple[float, float]:
    """The largest difference and the root mean square of all, in the unit of the values; two arrays of one shape."""
    import numpy as np

    change = np.abs(here - there)
    return float(change.max(initial=0.0)), float(np.sqrt(np.mean(change**2))) if change.size else 0.0
