"""Derivatives that another version of eegmill made: made again by this one, and compared in what both have.

The layout of records, tables and sidecars changes between versions; the samples of the clean signal and the decisions
do not change their meaning. So these are compared, and nothing else is called equal.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ..bids.paths import DerivativePaths
from ..errors import DerivativeError
from .compare import FileComparison, Tier, compare_files


def compare_former(derivative: Path, remade: Path, paths: DerivativePaths) -> tuple[FileComparison, ...]:
    """Compare the signal and the decisions of one recording."""
    compared = [_decisions(derivative, remade, paths)]
    signal = paths.signal.with_suffix(".eeg")
    if (derivative / signal).is_file() or (remade / signal).is_file():
        compared.append(_signal(str(signal), derivative / signal, remade / signal))
    return tuple(compared)


def _signal(name: str, recorded: Path, remade: Path) -> FileComparison:
    if not recorded.is_file() or not remade.is_file():
        return FileComparison(path=name, tier=Tier.DIFFERENT, difference="only one of both has a clean signal")
    return compare_files(name, recorded, remade)


def _decisions(derivative: Path, remade: Path, paths: DerivativePaths) -> FileComparison:
    ours, theirs = (decisions_of(folder / paths.record) for folder in (derivative, remade))
    other = [key for key in ours if ours[key] != theirs[key]]
    text = "; ".join(f"{key.replace('_', ' ')} {ours[key]!r} then, {theirs[key]!r} now" for key in other)
    return FileComparison(path=str(paths.record), tier=Tier.DIFFERENT if other else Tier.CONTENT, difference=text)


def decisions_of(record: Path) -> dict[str, Any]:
    """What a record of any version decides: status, bad channels, and the components taken out.

    Raises
    ------
    DerivativeError
        If the record is missing or damaged.
    """
    try:
        values = json.loads(record.read_bytes())
        components = values["components"] or {"total": 0, "removed": []}
        return {
            "status": values["status"],
            "bad_channels": sorted(channel["name"] for channel in values["bad_channels"]),
            "components": components["total"],
            "removed_components": sorted(component["index"] for component in components["removed"]),
        }
    except (OSError, ValueError, KeyError, TypeError) as error:
        msg = f"'{record.name}' is missing or damaged: {type(error).__name__} {error}."
        raise DerivativeError(msg) from error
