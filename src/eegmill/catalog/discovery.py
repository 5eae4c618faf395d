"""Find datasets in the shipped catalogue, without network, or in any metadata API."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any, overload

from ..errors import ConfigurationError, UnknownDataset
from .documents.fields import twin_id
from .documents.rows import DatasetRow, row_of
from .documents.search import Search
from .ingest.shipped import DATABASE, shipped_documents, shipped_sample

EMBEDDED = "embedded"
PUBLIC = "https://data.eegdash.org"
"""The API that lists the recordings of the datasets that the shipped catalogue describes."""
MAX_NAMED = 12
"""Known labels that a message lists."""

_LABELS: Mapping[str, tuple[str, Callable[[DatasetRow], Iterable[str]]]] = {
    "modality": ("modality", lambda row: row.modalities),
    "task": ("task", lambda row: (*row.tasks, *row.stimuli)),
    "cohort": ("cohort", lambda row: row.cohort),
    "source": ("source", lambda row: (row.source,)),
    "licence": ("licence", lambda row: (row.licence,)),
    "sex": ("sex", lambda row: row.sexes),
}
"""Parts of a search whose values come from the catalogue: what the part is called, and the values of a dataset."""


@dataclass(frozen=True)
class Found:
    """The datasets that a search found; behaves as a tuple of :class:`DatasetRow`."""

    rows: tuple[DatasetRow, ...]
    total: int
    """Datasets that the catalogue has in all."""
    unknown: int
    """Datasets that may fit: the catalogue does not know all that was asked for."""

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[DatasetRow]:
        return iter(self.rows)

    @overload
    def __getitem__(self, index: int) -> DatasetRow: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[DatasetRow, ...]: ...
    def __getitem__(self, index: int | slice) -> DatasetRow | tuple[DatasetRow, ...]:
        return self.rows[index]

    def __str__(self) -> str:
        left_out = f"; {self.unknown} more may fit: the catalogue does not say" if self.unknown else ""
        return f"{len(self.rows)} of {self.total} datasets{left_out}"


def search(text: str = "", *, url: str = EMBEDDED, database: str = DATABASE, **criteria: Any) -> Found:
    """Find datasets that have everything asked for.

    Parameters
    ----------
    text
        Words that must all occur: in the ID, title, authors, tasks, cohort, DOI and so on.
    url, database
        ``embedded`` (the catalogue that ships with eegmill, no network) or the URL of a metadata API.
    **criteria
        The other parts of :class:`~eegmill.catalog.documents.search.Search`: ``modality``, ``task``, ``cohort``,
        ``source``, ``licence``, ``sex``, and ``min_`` and ``max_`` of ``age`` (years), ``subjects``, ``channels``,
        ``sfreq_hz``, ``hours`` and ``size_bytes``.

    Returns
    -------
    Found
        Sorted by ID. What the catalogue does not know of a dataset never counts as fitting; ``unknown`` says how many
        datasets were left out for that alone.

    Raises
    ------
    ConfigurationError
        If there is no such criterion, or no dataset at all has a label such as this modality or task; names the
        nearest.
    CatalogError
        If the API cannot be asked.

    Examples
    --------
    >>> [row.dataset_id for row in search("sample arithmetic", modality="eeg")]
    ['eegmill-sample']
    """
    known = {entry.name for entry in fields(Search)}
    for name in criteria:
        if name not in known:
            msg = f"Datasets cannot be searched by '{name}'; {_nearest(name, sorted(known))}"
            raise ConfigurationError(msg)
    return find(Search(text=text, **criteria), url=url, database=database)


def find(wanted: Search, *, url: str = EMBEDDED, database: str = DATABASE) -> Found:
    """The same for criteria that are already put together.

    Raises
    ------
    ConfigurationError, CatalogError
        As :func:`search`.
    """
    return chosen(tuple(row_of(document) for document in _documents(url, database)), wanted)


def chosen(rows: tuple[DatasetRow, ...], wanted: Search) -> Found:
    """The rows that have what is wanted, sorted by ID.

    Raises
    ------
    ConfigurationError
        As :func:`search`.
    """
    _refuse_unknown_labels(rows, wanted)
    verdicts = [(row, wanted.verdict(row)) for row in rows]
    found = sorted((row for row, fits in verdicts if fits), key=lambda row: row.dataset_id)
    return Found(tuple(found), len(rows), sum(fits is None for _, fits in verdicts))


def show(name: str, *, url: str = EMBEDDED, database: str = DATABASE) -> DatasetRow:
    """What the catalogue knows of one dataset, by its ID, its twin's (``ds…``, ``on…``) or another name.

    Raises
    ------
    UnknownDataset
        If there is none; names the nearest.
    CatalogError
        If the API cannot be asked.

    Examples
    --------
    >>> show("ds002718").licence
    'CC0'
    """
    return row_of(dataset_document(name, url=url, database=database))


def dataset_document(name: str, *, url: str = EMBEDDED, database: str = DATABASE) -> dict[str, Any]:
    """The catalogue's document of one dataset, by its ID, its twin's (``ds…``, ``on…``) or another name.

    Raises
    ------
    UnknownDataset
        If there is none; names the nearest.
    CatalogError
        If the API cannot be asked.
    """
    if not _is_shipped(url, database):
        from .client.api import Client

        with Client(url, database) as client:
            return client.dataset(name)
    documents = {str(document["dataset_id"]): document for document in shipped_documents()}
    for known in (name, twin_id(name) or "", *_named(name, documents)):
        if known in documents:
            return documents[known]
    near = difflib.get_close_matches(name, documents, n=3, cutoff=0.6)
    hint = f"did you mean {' or '.join(map(repr, near))}?" if near else "'eegmill search' finds datasets."
    msg = f"Dataset '{name}' is not in the shipped catalogue; {hint} Another catalogue is asked by --api URL."
    raise UnknownDataset(msg)


def url_for(datasets: Iterable[str]) -> str:
    """The API to ask for the recordings of datasets: the public one, if the shipped catalogue describes one alone.

    Examples
    --------
    >>> url_for(["eegmill-sample"]), url_for(["ds003805"]), url_for(["mistyped"])
    ('embedded', 'https://data.eegdash.org', 'embedded')
    """
    described = {str(document["dataset_id"]) for document in shipped_documents()}
    listed = {str(record["dataset"]) for record in shipped_sample()["records"]}
    return PUBLIC if any(name in described - listed for name in datasets) else EMBEDDED


def _named(name: str, documents: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """IDs of the datasets that go by a name, in any case of letters."""
    wanted = name.casefold()
    for dataset_id, document in documents.items():
        names = (dataset_id, str(document.get("name") or ""), *row_of(document).names)
        if wanted in {known.casefold() for known in names}:
            yield dataset_id


def _documents(url: str, database: str) -> list[dict[str, Any]]:
    if _is_shipped(url, database):
        return shipped_documents()
    from .client.api import Client

    with Client(url, database) as client:
        return client.summaries()


def _is_shipped(url: str, database: str) -> bool:
    return url == EMBEDDED and database == DATABASE


def _refuse_unknown_labels(rows: tuple[DatasetRow, ...], wanted: Search) -> None:
    """Raise if a label fits no dataset at all: most often it is mistyped."""
    for part, (what, values) in _LABELS.items():
        label = str(getattr(wanted, part))
        only: dict[str, Any] = {part: label}
        if not label or any(Search(**only).matches(row) for row in rows):
            continue
        known = sorted({value for row in rows for value in values(row) if value}, key=str.casefold)
        msg = f"No dataset of this catalogue has the {what} '{label}'; {_nearest(label, known)}"
        raise ConfigurationError(msg)


def _nearest(label: str, known: list[str]) -> str:
    folded = {value.casefold(): value for value in known}
    near = [folded[value] for value in difflib.get_close_matches(label.casefold(), folded, n=3, cutoff=0.5)]
    if near:
        return f"did you mean {' or '.join(map(repr, near))}?"
    more = ", …" if len(known) > MAX_NAMED else ""
    return f"known are: {', '.join(known[:MAX_NAMED])}{more}." if known else "it knows none of any dataset."
