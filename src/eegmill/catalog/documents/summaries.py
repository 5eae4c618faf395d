"""The short form of a dataset document that the summary endpoints give."""

from __future__ import annotations

from collections.abc import Mapping

_UNITS = ("B", "KB", "MB", "GB", "TB", "PB")


def summary_row(document: Mapping[str, object]) -> dict[str, object]:
    """A dataset document without its ``readme``, with ``computed_title`` and ``size_human``."""
    row = {name: value for name, value in document.items() if name != "readme"}
    size = document.get("size_bytes")
    row["computed_title"] = str(document.get("name") or "").strip() or document["dataset_id"]
    row["size_human"] = size_human(size) if isinstance(size, int) else None
    return row


def size_human(size_bytes: int) -> str:
    """A size in the largest unit (of 1024) that keeps it above 1.

    Examples
    --------
    >>> size_human(22141722527)
    '20.6 GB'
    """
    value = float(size_bytes)
    for unit in _UNITS[:-1]:
        if value < 1024:
            return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1024
    return f"{value:.1f} {_UNITS[-1]}"
