"""Tab-separated tables as BIDS has them: read with mercy, written by the letter."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from io import StringIO
from typing import TYPE_CHECKING

from ..bids.names import MISSING
from ..bids.text import decoded
from ..errors import RecordingError

if TYPE_CHECKING:
    from pathlib import Path

_BREAKS = re.compile(r"[\s]*[^\S ]+[\s]*")
"""Tabs, line ends and other whitespace that would end a cell."""

Row = Mapping[str, str]


def read_tsv(path: Path) -> list[dict[str, str]]:
    """Rows of a table, cells stripped of blanks; short rows are filled with ``n/a``.

    A byte-order mark, CR LF, blank lines and trailing blanks are accepted; bytes that are no UTF-8 are read as Latin-1.

    Raises
    ------
    RecordingError
        If a row has more cells than the header.
    """
    lines = [line for line in decoded(path.read_bytes())[0].splitlines() if line.strip()]
    if not lines:
        return []
    reader = csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
    header = [cell.strip() for cell in next(reader)]
    return [_row(header, [cell.strip() for cell in cells], path) for cells in reader]


def _row(header: Sequence[str], cells: Sequence[str], path: Path) -> dict[str, str]:
    extra = [cell for cell in cells[len(header) :] if cell]
    if extra:
        msg = f"'{path.name}' has a row with more cells than its {len(header)} columns: '{extra[0]}' belongs to none."
        raise RecordingError(msg)
    filled = [*cells[: len(header)], *["n/a"] * (len(header) - len(cells))]
    return dict(zip(header, filled, strict=True))


def is_missing(cell: str | None) -> bool:
    """Whether a cell says that there is no value.

    Examples
    --------
    >>> is_missing("n/a"), is_missing("0")
    (True, False)
    """
    return cell is None or cell.strip().lower() in MISSING


def number(cell: str | None) -> float | None:
    """The finite number in a cell, or None; a decimal comma is read as a point.

    Examples
    --------
    >>> number("1,5"), number("n/a"), number("inf")
    (1.5, None, None)
    """
    if cell is None or is_missing(cell):
        return None
    try:
        value = float(cell.strip().replace(",", "."))
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def write_tsv(path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> None:
    """Write a table: ``n/a`` where there is no value, numbers in their shortest exact form, LF line ends."""
    path.write_bytes(format_tsv(columns, rows).encode())


def format_tsv(columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> str:
    """Text of a table."""
    buffer = StringIO()
    writer = csv.writer(buffer, delimiter="\t", lineterminator="\n", quoting=csv.QUOTE_NONE, quotechar=None)
    writer.writerow(columns)
    writer.writerows([_cell(row.get(column)) for column in columns] for row in rows)
    return buffer.getvalue()


def _cell(value: object) -> str:
    if value is None or value == "":
        return "n/a"
    if isinstance(value, float):
        return _float(value)
    return _BREAKS.sub(" ", str(value)).strip()  # blanks inside stay: 'S  1' is the name of a marker


def _float(value: float) -> str:
    if not math.isfinite(value):
        return "n/a"
    return str(int(value)) if value == int(value) and abs(value) < 2**53 else repr(float(value))
