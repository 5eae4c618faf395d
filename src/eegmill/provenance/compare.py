"""Comparing a file with its remake, in three tiers: the same bits, the same content, the same numbers within bounds.

Bounds: a sample may differ by 1e-6 of its channel's range, a number in a table or record by 1e-4 of its size (or 1e-6),
because another BLAS kernel gives an ICA with other last bits. Decisions (names, labels, counts) have no tolerance.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import DerivativeError, RecordingError
from ..files.tables import read_tsv
from ..models import Frozen
from .digests import canonical, sha256_file
from .origin import read_strict_json

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SAMPLE_BOUND = 1e-6
RELATIVE_BOUND = 1e-4
ABSOLUTE_BOUND = 1e-6
FOLLOWING_KEYS = frozenset({"Digest", "GeneratedBy", "SidecarGeneratedBy"})
"""Keys of ``_eeg.json`` that follow from the signal's bits and eegmill's version, which are compared elsewhere."""
NAMES = frozenset({"channel", "label", "name", "trial_type", "value"})
"""Columns of tables that hold names, even where these look like numbers: '01' is not '1'."""
COUNTS_OF_WORK = frozenset({"iterations"})
"""Integers that tell how long a fit took, and decide nothing."""


class Tier(StrEnum):
    """How equal two things are."""

    BITS = "identical"
    CONTENT = "same content"
    NUMBERS = "equal within bounds"
    DIFFERENT = "different"

    @property
    def rank(self) -> int:
        """0 is best."""
        return list(Tier).index(self)


class FileComparison(Frozen):
    """One file, compared."""

    path: str
    tier: Tier
    difference: str = ""
    largest: float | None = None
    """The largest difference of a sample, as a fraction of its channel's range."""


def compare_files(path: str, recorded: Path, remade: Path) -> FileComparison:
    """Compare two files that have one name."""
    if sha256_file(recorded) == sha256_file(remade):
        return FileComparison(path=path, tier=Tier.BITS)
    compare = COMPARISONS.get(recorded.suffix, _opaque)
    try:
        return compare(path, recorded, remade)
    except (DerivativeError, RecordingError, UnicodeDecodeError) as error:
        return FileComparison(path=path, tier=Tier.DIFFERENT, difference=f"cannot be read: {error}")


def _opaque(path: str, _recorded: Path, _remade: Path) -> FileComparison:
    return FileComparison(path=path, tier=Tier.DIFFERENT, difference="other bytes")


def _json(path: str, recorded: Path, remade: Path) -> FileComparison:
    ours, theirs = (_without_following(read_strict_json(file)) for file in (recorded, remade))
    if canonical(ours) == canonical(theirs):
        return FileComparison(path=path, tier=Tier.CONTENT)
    difference = first_difference(ours, theirs)
    return FileComparison(path=path, tier=Tier.DIFFERENT if difference else Tier.NUMBERS, difference=difference)


def _without_following(value: Any) -> Any:
    return {key: item for key, item in value.items() if key not in FOLLOWING_KEYS} if isinstance(value, dict) else value


def first_difference(recorded: Any, remade: Any, place: str = "") -> str:
    """Where two JSON values differ beyond the bounds, and how; empty if nowhere."""
    if isinstance(recorded, dict) and isinstance(remade, dict):
        return _of_objects(recorded, remade, place)
    if isinstance(recorded, list) and isinstance(remade, list):
        if len(recorded) != len(remade):
            return f"{place or 'list'}: {len(recorded)} entries recorded, {len(remade)} remade"
        found = (first_difference(a, b, f"{place}[{i}]") for i, (a, b) in enumerate(zip(recorded, remade, strict=True)))
        return next(filter(None, found), "")
    return "" if alike(recorded, remade, place) else f"{place}: {recorded!r} recorded, {remade!r} remade"


def _of_objects(recorded: Mapping[str, Any], remade: Mapping[str, Any], place: str) -> str:
    only = sorted(recorded.keys() ^ remade.keys())
    if only:
        return f"{place}.{only[0]}: only {'recorded' if only[0] in recorded else 'remade'}".lstrip(".")
    found = (first_difference(recorded[key], remade[key], f"{place}.{key}".lstrip(".")) for key in sorted(recorded))
    return next(filter(None, found), "")


def alike(recorded: Any, remade: Any, place: str) -> bool:
    """Whether two values that are neither list nor object are equal within the bounds.

    Parameters
    ----------
    place
        Where they stand; what follows the last dot is the name of the field.
    """
    numbers = all(isinstance(value, int | float) and not isinstance(value, bool) for value in (recorded, remade))
    if not numbers:
        return type(recorded) is type(remade) and bool(recorded == remade)
    if isinstance(recorded, int) and isinstance(remade, int):
        return recorded == remade or place.rpartition(".")[2] in COUNTS_OF_WORK
    return math.isclose(recorded, remade, rel_tol=RELATIVE_BOUND, abs_tol=ABSOLUTE_BOUND)


def _table(path: str, recorded: Path, remade: Path) -> FileComparison:
    ours, theirs = ([_typed(row) for row in read_tsv(file)] for file in (recorded, remade))
    if ours == theirs:
        return FileComparison(path=path, tier=Tier.CONTENT)
    difference = first_difference(ours, theirs)
    return FileComparison(path=path, tier=Tier.DIFFERENT if difference else Tier.NUMBERS, difference=difference)


def _typed(row: Mapping[str, str]) -> dict[str, Any]:
    return {column: cell if column in NAMES else _value(cell) for column, cell in row.items()}


def _value(cell: str) -> int | float | str:
    for kind in (int, float):
        try:
            return kind(cell)
        except ValueError:
            continue
    return cell


def _header(path: str, recorded: Path, remade: Path) -> FileComparison:
    ours, theirs = (_told_lines(file) for file in (recorded, remade))
    if ours == theirs:
        return FileComparison(path=path, tier=Tier.CONTENT)
    pairs = zip(ours, theirs, strict=False)
    changed = next((f"'{a}' recorded, '{b}' remade" for a, b in pairs if a != b), "other number of lines")
    return FileComparison(path=path, tier=Tier.DIFFERENT, difference=changed)


def _told_lines(file: Path) -> list[str]:
    """Lines of a BrainVision header that are no comments: a comment names the version of the writer."""
    return [line for line in file.read_text(encoding="utf-8").splitlines() if line and not line.startswith(";")]


def _signal(path: str, recorded: Path, remade: Path) -> FileComparison:
    n_channels = channel_count(recorded)
    ours, theirs = (read_samples(file, n_channels) for file in (recorded, remade))
    if ours is None or theirs is None or ours.shape != theirs.shape:
        return FileComparison(path=path, tier=Tier.DIFFERENT, difference="other number of samples")
    largest = largest_difference(ours, theirs)
    if not largest <= SAMPLE_BOUND:
        told = f"samples differ by up to {largest:.1e} of their channel's range (allowed: {SAMPLE_BOUND:g})"
        finite = largest if math.isfinite(largest) else None
        return FileComparison(path=path, tier=Tier.DIFFERENT, difference=told, largest=finite)
    return FileComparison(path=path, tier=Tier.NUMBERS, largest=largest)


def channel_count(data: Path) -> int:
    """Number of channels of a file of samples: as its header says or, of epochs, as their table of channels does."""
    if data.suffix == ".fdt":
        return max(len(read_tsv(data.with_name(f"{data.stem.rpartition('_')[0]}_channels.tsv"))), 1)
    header = data.with_suffix(".vhdr")
    for line in header.read_text(encoding="utf-8").splitlines():
        key, _, value = line.partition("=")
        if key == "NumberOfChannels" and value.isdigit() and int(value) > 0:
            return int(value)
    msg = f"'{header.name}' does not say how many channels there are."
    raise DerivativeError(msg)


def read_samples(file: Path, n_channels: int) -> NDArray[np.float64] | None:
    """Samples of a file, shape (n_times, n_channels), in its unit; None if they are not whole."""
    import numpy as np

    content = file.read_bytes()
    if len(content) % (4 * n_channels):
        return None
    return np.frombuffer(content, dtype="<f4").reshape(-1, n_channels).astype(float)


def largest_difference(recorded: NDArray[np.float64], remade: NDArray[np.float64]) -> float:
    """The largest difference of a sample, as a fraction of its channel's range; infinite for NaN and constant channels.

    Parameters
    ----------
    recorded, remade
        Shape (samples, channels), any one unit.
    """
    import numpy as np

    if not (np.isfinite(recorded).all() and np.isfinite(remade).all()):
        return math.inf
    spans = np.ptp(recorded, axis=0) if len(recorded) else np.zeros(recorded.shape[1])
    changes = np.abs(recorded - remade).max(axis=0, initial=0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        relative = np.where(changes == 0, 0.0, changes / spans)
    return float(relative.max(initial=0.0))


def _parquet(path: str, recorded: Path, remade: Path) -> FileComparison:
    """Rows and metadata: another pyarrow lays the same table out in other bytes."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        ours, theirs = (pq.read_table(file) for file in (recorded, remade))
    except (pa.ArrowException, OSError) as error:
        return FileComparison(path=path, tier=Tier.DIFFERENT, difference=f"cannot be read: {error}")
    if ours.equals(theirs, check_metadata=True):
        return FileComparison(path=path, tier=Tier.CONTENT)
    columns = ours.column_names == theirs.column_names
    changed = [name for name in ours.column_names if columns and not ours[name].equals(theirs[name])]
    difference = f"column '{changed[0]}' differs" if changed else "metadata differ" if columns else "other columns"
    return FileComparison(path=path, tier=Tier.DIFFERENT, difference=difference)


COMPARISONS: Mapping[str, Callable[[str, Path, Path], FileComparison]] = {
    ".json": _json,
    ".tsv": _table,
    ".vhdr": _header,
    ".vmrk": _header,
    ".eeg": _signal,
    ".fdt": _signal,
    ".parquet": _parquet,
}


def worst(comparisons: Sequence[FileComparison]) -> Tier:
    """The tier of a recording is that of its least equal file."""
    return max((item.tier for item in comparisons), key=lambda tier: tier.rank, default=Tier.DIFFERENT)
