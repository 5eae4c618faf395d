"""Sizes of files in words."""

from __future__ import annotations

_UNITS = ("B", "kB", "MB", "GB", "TB", "PB")


def size_in_words(size_bytes: float) -> str:
    """A size for people, in the largest SI unit (of 1000) that keeps it above 1.

    Examples
    --------
    >>> size_in_words(999), size_in_words(1_500_000)
    ('999 B', '1.5 MB')
    """
    return _scaled(size_bytes, 1000)


def size_human(size_bytes: int) -> str:
    """A size as EEGDash's API writes it in ``size_human``: units of 1024 under the names of those of 1000.

    Examples
    --------
    >>> size_human(22141722527), size_human(2048)
    ('20.6 GB', '2.0 KB')
    """
    return _scaled(size_bytes, 1024).replace("kB", "KB")


def _scaled(size: float, step: int) -> str:
    for unit in _UNITS[:-1]:
        if abs(size) < step:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= step
    return f"{size:.1f} {_UNITS[-1]}"
