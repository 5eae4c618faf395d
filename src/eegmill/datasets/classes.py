"""A class for each dataset of the shipped catalogue: ``eegmill.datasets.DS002718``."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from ..catalog.documents.rows import DatasetRow, row_of
from ..catalog.ingest.shipped import shipped_documents
from .dataset import Dataset
from .names import nearest

PACKAGE = "eegmill.datasets"
SOURCES = {"openneuro": "OpenNeuro", "nemar": "NEMAR"}
"""Archives as they write themselves."""


def dataset_class(name: str) -> type[Dataset]:
    """The class of a dataset, by the ID in capitals or by another name of the dataset; the same class each time.

    Raises
    ------
    AttributeError
        If there is none; names the nearest.
    """
    row = _rows_by_name().get(name)
    if row is None:
        msg = f"module '{PACKAGE}' has no attribute '{name}'; {nearest(name, _rows_by_name())}"
        raise AttributeError(msg)
    return _made(row.dataset_id)


def class_names() -> tuple[str, ...]:
    """Names of all classes, other names of the datasets included."""
    return tuple(_rows_by_name())


@cache
def _made(dataset_id: str) -> type[Dataset]:
    name = class_name(dataset_id)
    row = _rows_by_name()[name]
    aliases = tuple(alias for alias, other in _rows_by_name().items() if other is row and alias != name)

    def begin(self: Dataset, **choices: Any) -> None:
        Dataset.__init__(self, dataset_id, **choices)

    members: dict[str, Any] = {
        "__init__": begin,
        "__doc__": text_of(row, aliases),
        "__module__": PACKAGE,
        "dataset_id": dataset_id,
        "facts": row,
        "aliases": aliases,
        "citation": citation(row),
    }
    return type(name, (Dataset,), members)


def class_name(dataset_id: str) -> str:
    """The name of the class of a dataset: its ID in capitals, as an identifier.

    Examples
    --------
    >>> class_name("ds002718"), class_name("eegmill-sample")
    ('DS002718', 'EEGMILL_SAMPLE')
    """
    return re.sub(r"\W", "_", dataset_id.upper())


@cache
def _rows_by_name() -> Mapping[str, DatasetRow]:
    """Each dataset by the name of its class, then by its other names: the first dataset of a name has it."""
    rows = [row_of(document) for document in shipped_documents()]
    found = {class_name(row.dataset_id): row for row in rows}
    for row in rows:
        for alias in row.names:
            if is_usable(alias):
                found.setdefault(alias, row)
    return found


def is_usable(alias: str) -> bool:
    """Whether a name can be imported."""
    return (
        alias.isidentifier()
        and not keyword.iskeyword(alias)
        and not keyword.issoftkeyword(alias)
        and alias != "Dataset"
    )


def citation(row: DatasetRow) -> str:
    """How a dataset is cited, from what the catalogue knows of it.

    Examples
    --------
    >>> citation(DatasetRow("ds1", "Faces", "nemar", (), (), (), 1, 1, (), (), "CC0", 1, "10.1/x", reference="Doe2020"))
    'Doe (2020). Faces [dataset ds1]. NEMAR. https://doi.org/10.1/x'
    """
    found = re.match(r"(\D+?)\s*((?:19|20)\d\d)", row.reference)
    who, year = found.groups() if found else (row.reference, "")
    names = ", ".join(row.authors) or who
    parts = [f"{names} ({year})" if names and year else names, f"{row.title} [dataset {row.dataset_id}]"]
    parts += [SOURCES.get(row.source, row.source), f"https://doi.org/{row.doi}" if row.doi else ""]
    return ". ".join(part for part in parts if part)


def text_of(row: DatasetRow, aliases: tuple[str, ...]) -> str:
    """The docstring of a dataset's class: title, facts, citation, and how to begin."""
    lines = [
        f"{_plain(row.title) or row.dataset_id}.",
        "",
        *_facts(row, aliases),
        "",
        f"Cite as: {_plain(citation(row))}",
        "",
    ]
    lines += [f"`eegmill.datasets.{class_name(row.dataset_id)}(**choices)` is an `eegmill.Dataset` with its keywords."]
    return "\n".join(lines)


def _plain(text: str) -> str:
    return " ".join(text.split()).rstrip(".")


def _facts(row: DatasetRow, aliases: tuple[str, ...]) -> Iterator[str]:
    facts = {
        "Dataset": f"{row.dataset_id} ({SOURCES.get(row.source, row.source)})",
        "Also called": ", ".join(aliases),
        "Subjects": row.subjects,
        "Recordings": row.records,
        "Modality": ", ".join(row.modalities),
        "Experiment": ", ".join((*row.tasks, *row.stimuli)),
        "Cohort": ", ".join(row.cohort),
        "Channels": ", ".join(map(str, row.channels)),
        "Sampling rate": ", ".join(f"{rate:g} Hz" for rate in row.sfreqs_hz),
        "Length": f"{row.hours:.1f} hours" if row.hours else "",
        "Size": row.size,
        "Licence": row.licence,
        "DOI": row.doi,
    }
    yield from (f"* {name}: {value}" for name, value in facts.items() if value not in ("", None))
