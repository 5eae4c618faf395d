"""``eegmill.Dataset``: recordings of a dataset as a list of objects, which fetch, clean and read when asked."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from functools import cached_property
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

from ..bars import bar, wanted
from ..bids.paths import DEFAULT_RECIPE
from ..catalog.ingest.shipped import DATABASE
from ..errors import ConfigurationError
from .collection import Collection
from .conditions import check_fields, matches, nothing, without_match
from .recording import DatasetRecording, Signals
from .source import collection_of

if TYPE_CHECKING:
    import pandas as pd

    from .bridges import Braindecode, HuggingFace, TorchDataset, WindowArrays, XArray
    from .windows import Windowed

SHOWN_ROWS = 10
"""Recordings that the table in a notebook has."""


class Dataset(Sequence[DatasetRecording]):
    """Recordings of a dataset, like a list. Only what is known of them is read; signals wait until they are asked for.

    Parameters
    ----------
    source
        An ID of the catalogue, a BIDS folder, or a derivative that eegmill made.
    query
        A MongoDB filter on the catalogue's records, for what keywords cannot say.
    url, database
        The metadata API; by default the shipped catalogue, and EEGDash's public API for the recordings of datasets
        that are shipped without.
    modality
        Only recordings of this modality; empty takes all.
    output
        Folder of raw files and results, the same as a run of the workflow has: what a run has fetched or cleaned is
        used.
    recipe
        What recordings are cleaned by: its name, its file, or a list of steps.
    configuration
        Further keys of a configuration, such as ``seed``, ``epochs`` and ``overrides``.
    **fields
        As `filter`: ``subject``, ``session``, ``task``, ``run``, columns of ``participants.tsv``, ``min_age`` and so
        on.

    Raises
    ------
    UnknownDataset
        If no catalogue knows the ID; names the nearest.
    ConfigurationError
        If a folder is no BIDS dataset, or a field is unknown or fits no recording.
    CatalogError
        If the metadata API cannot be asked.

    Examples
    --------
    >>> dataset = Dataset("eegmill-sample", task="arithmetic")
    >>> len(dataset), dataset[0].name, dataset[0]["age"]
    (3, 'sub-02_task-arithmetic', 21)
    """

    def __init__(
        self,
        source: str | Path,
        *,
        query: Mapping[str, Any] | None = None,
        url: str | None = None,
        database: str = DATABASE,
        modality: str = "eeg",
        output: str | Path = "results",
        recipe: str | Path | Sequence[Mapping[str, Any]] = DEFAULT_RECIPE,
        configuration: Mapping[str, Any] | None = None,
        **fields: Any,
    ) -> None:
        keys = {"recipe": str(recipe) if isinstance(recipe, Path) else recipe, **(configuration or {})}
        collection = collection_of(
            source, keys, Path(output), url=url, database=database, query=query, modality=modality
        )
        signals = Signals()
        listed = [DatasetRecording(collection, one, signals) for one in collection.listed]
        self._collections: tuple[Collection, ...] = (collection,)
        self._recordings = tuple(_chosen(listed, fields, collection.dataset))

    @classmethod
    def _of(cls, recordings: Sequence[DatasetRecording], collections: Sequence[Collection]) -> Dataset:
        made = Dataset.__new__(Dataset)
        made._collections = tuple(dict.fromkeys(collections))
        made._recordings = tuple(recordings)
        return made

    def __len__(self) -> int:
        return len(self._recordings)

    def __iter__(self) -> Iterator[DatasetRecording]:
        return iter(self._recordings)

    @overload
    def __getitem__(self, index: int) -> DatasetRecording: ...
    @overload
    def __getitem__(self, index: slice) -> Dataset: ...
    def __getitem__(self, index: int | slice) -> DatasetRecording | Dataset:
        if isinstance(index, slice):
            return self._of(self._recordings[index], self._collections)
        return self._recordings[index]

    def __add__(self, other: Dataset) -> Dataset:
        """Both, one after the other; refused if they share a recording."""
        if not isinstance(other, Dataset):
            return NotImplemented
        shared = {recording.key for recording in self} & {recording.key for recording in other}
        if shared:
            _, dataset, path = min(shared)
            msg = f"Both datasets have {len(shared)} recordings in common, such as '{path}' of '{dataset}'."
            raise ConfigurationError(msg)
        return self._of([*self, *other], [*self._collections, *other._collections])

    def __radd__(self, other: object) -> Dataset:
        """``sum(datasets)`` begins with 0."""
        return self if other == 0 else NotImplemented

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Dataset) and self._recordings == other._recordings

    def __hash__(self) -> int:
        return hash(self._recordings)

    @property
    def left_out(self) -> dict[str, str]:
        """Recordings that are there and cannot be taken, by name, each with the reason."""
        return {name: reason for collection in self._collections for name, reason in collection.left_out.items()}

    @property
    def fields(self) -> tuple[str, ...]:
        """What recordings can be filtered by: keys of their descriptions."""
        return tuple(dict.fromkeys(name for recording in self for name in recording.description))

    def filter(
        self,
        wanted: Callable[[DatasetRecording], bool] | None = None,
        /,
        *,
        known: str | Sequence[str] = (),
        **fields: Any,
    ) -> Dataset:
        """The recordings that fit all that is asked.

        Parameters
        ----------
        wanted
            A function of a recording that says whether it is taken.
        known
            Fields that must have a value.
        **fields
            A field and its value, or several values of which one must fit; ``min_`` and ``max_`` before the name of a
            field with numbers are bounds, themselves included.

        Raises
        ------
        ConfigurationError
            If a field is unknown (names the nearest), a value fits no recording, or all together fit none.

        Examples
        --------
        >>> len(Dataset("eegmill-sample").filter(min_age=19))
        2
        """
        recordings = [one for one in self if wanted(one)] if wanted else list(self)
        needed = (known,) if isinstance(known, str) else tuple(known)
        check_fields(self.fields, needed)
        recordings = [one for one in recordings if all(one.description.get(name) is not None for name in needed)]
        if not recordings:
            msg = f"None of the {len(self)} recordings fits."
            raise ConfigurationError(msg)
        return self._of(_chosen(recordings, fields, self._named), self._collections)

    def split(
        self,
        by: str = "subject",
        parts: Mapping[str, float] | None = None,
        *,
        seed: int = 0,
        column: str | None = None,
        stratify: str | None = None,
    ) -> dict[str, Dataset]:
        """Parts that share no subject, session or site, by a seed or by a column; see `eegmill.datasets.splits.split`.

        Raises
        ------
        LeakingSplit
            If parts would share what they must not; says what, and why that matters.
        """
        from .splits import split

        named = split(self, by=by, parts=parts, seed=seed, column=column, stratify=stratify)
        return {name: self._of(recordings, self._collections) for name, recordings in named.items()}

    def folds(self, n_folds: int = 5, by: str = "subject", *, seed: int = 0) -> list[tuple[Dataset, Dataset]]:
        """Pairs of training and test recordings for cross-validation: each group is tested once."""
        parts = self.split(by, {f"fold {index}": 1 / n_folds for index in range(n_folds)}, seed=seed)
        return [(sum(part for part in parts.values() if part is not test), test) for test in parts.values()]  # type: ignore[misc] # not 0: there are two parts at least

    def to_dataframe(self) -> pd.DataFrame:
        """One row a recording: its name, its description, and whether it is cleaned."""
        import pandas as pd

        rows = [{"recording": one.name, **one.description} for one in self]
        return pd.DataFrame(rows, columns=["recording", *self.fields])

    def download_all(self, *, verbose: bool | None = None) -> Dataset:
        """Bring the raw files of all recordings, several at a time; those that are here are left alone.

        Parameters
        ----------
        verbose
            Whether to show how far it is; None: in a terminal and in a notebook.

        Raises
        ------
        SourceError
            If one cannot be had, when all others are here; says which and why.
        """
        from ..inputs.fetch.progress import showing

        for collection in self._collections:
            listed = [one._listed for one in self if one._collection is collection]
            if listed:
                with showing(sys.stderr) if wanted(verbose) else nullcontext() as progress:
                    collection.fetch(listed, progress=progress)
        return self

    def clean(self, *, cores: int | None = None, verbose: bool | None = None) -> Dataset:
        """Clean all recordings by the workflow; those that stand as they are wanted are left alone.

        Parameters
        ----------
        cores
            How many at a time; all cores of this machine by default.
        verbose
            Whether to show how far it is; None: in a terminal and in a notebook.

        Raises
        ------
        DerivativeError
            If one cannot be cleaned, or there is only a derivative.
        """
        for collection in self._collections:
            names = [one.name for one in self if one._collection is collection]
            if names and collection.run:
                with bar("clean", len(names), verbose=verbose) as begin:
                    collection.run.clean(names, cores=cores, whole=True, begin=begin)
        return self

    @property
    def command(self) -> str:
        """What is typed to clean the whole dataset, or the datasets, a line each."""
        return "\n".join(collection.run.command() for collection in self._collections if collection.run)

    def windows(self, length_s: float = 2.0, **choices: Any) -> Windowed:
        """Windows or events of all recordings with their labels; see `eegmill.datasets.windows.Windowing`."""
        from .windows import Windowed, Windowing

        return Windowed(self, Windowing.of(length_s=length_s, **choices))

    def to_numpy(self, length_s: float = 2.0, **choices: Any) -> WindowArrays:
        """Arrays of windows and labels, and the table of the windows; as `windows`."""
        from .bridges import to_numpy

        return to_numpy(self.windows(length_s, **choices))

    def to_xarray(self, length_s: float = 2.0, **choices: Any) -> XArray:
        """An ``xarray.DataArray`` (window, channel, time) with labels and descriptions as coordinates."""
        from .bridges import to_xarray

        return to_xarray(self.windows(length_s, **choices))

    def to_torch(
        self, length_s: float = 2.0, *, iterable: bool = False, seed: int | None = None, **choices: Any
    ) -> TorchDataset:
        """A dataset for ``torch.utils.data.DataLoader``: map-style, or iterable, which reads each recording once."""
        from .bridges import to_torch

        return to_torch(self.windows(length_s, **choices), iterable=iterable, seed=seed)

    def to_huggingface(self, length_s: float = 2.0, **choices: Any) -> HuggingFace:
        """A ``datasets.Dataset`` of Hugging Face, one row a window."""
        from .bridges import to_huggingface

        return to_huggingface(self.windows(length_s, **choices))

    def to_braindecode(self, *, target: str | None = None, signal: str = "cleaned", clean: bool = False) -> Braindecode:
        """A ``BaseConcatDataset`` of braindecode, one dataset a recording, for its own windowers."""
        from .bridges import to_braindecode

        return to_braindecode(self, target=target, signal=signal, clean=clean)

    @cached_property
    def _named(self) -> str:
        return " + ".join(dict.fromkeys(collection.dataset for collection in self._collections))

    def __repr__(self) -> str:
        subjects = len({(one.dataset, one.subject) for one in self})
        tasks = sorted({one.task for one in self if one.task})
        text = f"{_counted(len(self), 'recording')} of {_counted(subjects, 'subject')}"
        text += (
            f", {'task' if len(tasks) == 1 else 'tasks'} {', '.join(tasks[:3])}{', …' if len(tasks) > 3 else ''}"
            if tasks
            else ""
        )
        left = f"; {len(self.left_out)} left out" if self.left_out else ""
        return f"<Dataset {self._named}: {text}{left}; from {', '.join(one.address for one in self._collections)}>"

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{escape(name)}</th>" for name in ("recording", *self.fields))
        body = "".join(
            f"<tr><td>{escape(one.name)}</td>"
            + "".join(f"<td>{escape(_cell(one.description.get(name)))}</td>" for name in self.fields)
            + "</tr>"
            for one in self[:SHOWN_ROWS]
        )
        more = f"<p>… and {len(self) - SHOWN_ROWS} more</p>" if len(self) > SHOWN_ROWS else ""
        return f"<p>{escape(repr(self)[1:-1])}</p><table><tr>{head}</tr>{body}</table>{more}"


def _chosen(
    recordings: Sequence[DatasetRecording], fields: Mapping[str, Any], dataset: str
) -> Sequence[DatasetRecording]:
    if not fields:
        return recordings
    known = tuple(dict.fromkeys(name for recording in recordings for name in recording.description))
    check_fields(known, fields)
    descriptions = [one.description for one in recordings]
    kept = [one for one in recordings if matches(one.description, fields)]
    unmatched = without_match(descriptions, fields)
    if not kept or unmatched:
        raise ConfigurationError(nothing(descriptions, unmatched or fields, dataset))
    return kept


def _counted(count: int, word: str) -> str:
    return f"{count:,} {word}{'' if count == 1 else 's'}"


def _cell(value: object) -> str:
    return "" if value is None else str(value)
