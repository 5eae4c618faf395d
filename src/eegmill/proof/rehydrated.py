"""What became of what a dehydrated derivative leaves out: accepted by its bits, or compared by what is kept of it."""

from __future__ import annotations

from ..models import Frozen
from ..provenance.compare import FileComparison, Tier

UNKNOWN = "other bytes, and what it was is not in this copy"


class Rehydrated(Frozen):
    """Files that were made again: of a recording, or of the whole dataset."""

    name: str
    """The recording; empty for what belongs to all of them."""
    accepted: bool
    """Whether every file has the SHA-256 of the manifest; else none was taken."""
    files: tuple[FileComparison, ...]
    """Those that have other bytes, compared with what this copy keeps of them."""
    not_comparable: tuple[str, ...] = ()
    """Files with other bytes that this copy keeps nothing of."""
    reason: str = ""
    """Why it could not be made."""

    @property
    def within_bounds(self) -> bool:
        """Whether nothing that could be compared is different; no proof of what could not."""
        return not self.reason and all(file.tier is not Tier.DIFFERENT for file in self.files)

    @property
    def lines(self) -> list[str]:
        """What to show."""
        name = self.name or "dataset"
        if self.reason:
            return [f"{name}  not made: {self.reason}"]
        if self.accepted:
            return [f"{name}  identical: accepted"]
        bounds = "within bounds where it can be compared" if self.within_bounds else "different"
        told = [f"  {file.path}: {_told(file)}" for file in self.files]
        told += [f"  {path}: {UNKNOWN}" for path in self.not_comparable]
        return [f"{name}  not what the manifest says: not taken; {bounds}", *told]


def _told(file: FileComparison) -> str:
    if file.difference:
        return file.difference
    if file.largest is None:
        return file.tier.value
    return f"samples differ by up to {file.largest:.1e} of their channel's range, of those that are kept to compare"


class RehydrateReport(Frozen):
    """What became of each recording, in two statements: the bits, and the bounds where the bits differ."""

    derivative: str
    made: tuple[Rehydrated, ...]
    absent: tuple[str, ...]
    """Files that are still left out."""
    environment_differences: tuple[str, ...] = ()

    @property
    def accepted(self) -> bool:
        """Whether everything that was made is what the manifest says."""
        return all(item.accepted for item in self.made)

    @property
    def summary(self) -> str:
        """Two statements that say no more than was compared."""
        bits = [item for item in self.made if item.accepted]
        others = [item for item in self.made if not item.accepted]
        rest = f"{len(self.absent)} files are still left out" if self.absent else "the derivative is whole"
        told = f"{self.derivative}: {len(bits)} of {len(self.made)} parts have the bytes of the manifest; {rest}."
        if others:
            near = sum(item.within_bounds for item in others)
            told += (
                f" Of the other {len(others)}, which were not taken, {near} are within bounds where kept to compare."
            )
        return told

    def lines(self) -> list[str]:
        """What to show: each part, then what differs between the environments, then the summary."""
        told = [line for item in self.made for line in item.lines]
        if not self.accepted:
            told += [f"environment: {item}" for item in self.environment_differences]
        return [*told, self.summary]
