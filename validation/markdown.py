"""Text of a report: tables and sections in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

Row = Sequence[str]
"""The cells of one row of a table."""


def table(head: str, rows: Iterable[Row]) -> list[str]:
    """The lines of a table, an empty one first; the titles of the columns are separated by `` | ``.

    Examples
    --------
    >>> table("step | CPU s", [("asr", "0.1")])
    ['', '| step | CPU s |', '|---|---|', '| asr | 0.1 |']
    """
    rule = "|" + "---|" * len(head.split(" | "))
    return ["", f"| {head} |", rule, *("| " + " | ".join(row) + " |" for row in rows)]


def print_table(head: str, rows: Iterable[Row]) -> None:
    """Print a table."""
    print("\n".join(table(head, rows)))
