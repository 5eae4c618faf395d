"""Hints in messages: the names that are nearest to a mistyped one."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

MAX_NAMED = 12
"""Known names that a message lists."""


def nearest(name: str, known: Iterable[object]) -> str:
    """What was meant, most likely; else what there is.

    Examples
    --------
    >>> nearest("subjct", ["subject", "task"]), nearest("x", ["subject", "task"])
    ("did you mean 'subject'?", 'known are: subject, task.')
    """
    folded = {str(one).casefold(): str(one) for one in known}
    near = [folded[one] for one in difflib.get_close_matches(name.casefold(), folded, n=3, cutoff=0.5)]
    if near:
        return f"did you mean {' or '.join(map(repr, near))}?"
    more = ", …" if len(folded) > MAX_NAMED else ""
    return f"known are: {', '.join(list(folded.values())[:MAX_NAMED])}{more}." if folded else "there are none."
