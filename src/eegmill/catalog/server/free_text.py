"""Free search over the catalogue: which datasets have all words, which come first, and where the words stand."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..documents.rows import DatasetRow

AROUND = 80
"""Characters of a snippet on either side of the word."""


def ranked(rows: Iterable[DatasetRow], text: str) -> list[DatasetRow]:
    """Rows in which all words of a text occur: those with the word in ID or name first, then title, then the rest."""
    words = text.casefold().split()
    found = [row for row in rows if words and row.mentions(text)]
    return sorted(found, key=lambda row: (_rank(row, words), row.dataset_id))


def found_row(row: DatasetRow, text: str) -> dict[str, Any]:
    """One result of a search, as the catalogue's pages and scripts read it."""
    return {
        "dataset_id": row.dataset_id,
        "title": row.title,
        "snippet": snippet(row, text),
        "source": row.source,
        "recording_modality": list(row.modalities),
        "tasks": list(row.tasks),
        "license": row.licence,
        "n_subjects": row.subjects,
        "dataset_doi": row.doi,
    }


def snippet(row: DatasetRow, text: str) -> str:
    """The surroundings of the first word that occurs in the readme, the authors or another text of a row.

    Examples
    --------
    >>> row = DatasetRow("ds1", "A study", "", (), (), (), None, None, (), (), "", None, "", readme="Of sleep.")
    >>> snippet(row, "sleep"), snippet(row, "study"), snippet(row, "nothing")
    ('Of sleep.', 'A study', '')
    """
    for part in (row.title, row.readme, ", ".join(row.authors), ", ".join((*row.tasks, *row.cohort, *row.stimuli))):
        for word in text.casefold().split():
            start = part.casefold().find(word)
            if start >= 0:
                return _around(part, start)
    return ""


def _around(part: str, start: int) -> str:
    first, last = max(0, start - AROUND), start + AROUND
    piece = " ".join(part[first:last].split())
    return f"{'… ' if first else ''}{piece}{' …' if last < len(part) else ''}"


def _rank(row: DatasetRow, words: list[str]) -> int:
    names = " ".join((row.dataset_id, *row.names)).casefold()
    if all(word in names for word in words):
        return 0
    return 1 if all(word in row.title.casefold() for word in words) else 2
