"""Words of the notes that readers take; the notes themselves are lists that are passed along."""

from __future__ import annotations

from collections.abc import Sequence


def some(values: Sequence[object], *, most: int = 5) -> str:
    """The first values, and how many more there are.

    >>> some([1, 2, 3], most=2)
    '1, 2 and 1 more'
    """
    more = f" and {len(values) - most} more" if len(values) > most else ""
    return ", ".join(str(value) for value in values[:most]) + more
