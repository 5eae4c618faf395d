"""Sizes of files in words."""

from __future__ import annotations

import re

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


def bytes_of(words: str) -> int:
    """The number of bytes that a size in words means.

    Raises
    ------
    ValueError
        If it is no size.

    Examples
    --------
    >>> bytes_of("1.5 GB"), bytes_of("10k"), bytes_of("2 GiB"), bytes_of("300")
    (1500000000, 10000, 2147483648, 300)
    """
    found = re.fullmatch(r"\s*(\d+(?:\.\d*)?)\s*([kmgtp]?)(i?)b?\s*", words, re.IGNORECASE)
    if not found:
        msg = f"'{words}' is no size; write 300, 20 MB, 1.5 GB or 2 GiB"
        raise ValueError(msg)
    step = 1024 if found[3] else 1000
    return int(float(found[1]) * step ** " kmgtp".index(found[2].lower() or " "))


def _scaled(size: float, step: int) -> str:
    for unit in _UNITS[:-1]:
        if abs(size) < step:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= step
    return f"{size:.1f} {_UNITS[-1]}"
