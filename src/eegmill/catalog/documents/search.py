"""What a search for datasets asks for, and which rows have it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from .rows import DatasetRow, plain_licence

Bound = float | None


@dataclass(frozen=True)
class Search:
    """What a search asks for; each part that is given must hold. Text ignores case."""

    text: str = ""
    """Words that must all occur: in the ID, title, authors, tasks, DOI and so on."""
    modality: str = ""
    task: str = ""
    """A part of a task's name, of the kind of experiment or of its stimuli."""
    cohort: str = ""
    """A part of the clinical group's name."""
    source: str = ""
    licence: str = ""
    """The start of the licence: ``CC0``, ``CC-BY``."""
    sex: str = ""
    """A sex that occurs: ``F``, ``M``, also ``female``, ``male``."""
    min_age: Bound = None
    max_age: Bound = None
    """Years; datasets that have subjects between the bounds."""
    min_subjects: Bound = None
    max_subjects: Bound = None
    min_channels: Bound = None
    max_channels: Bound = None
    min_sfreq_hz: Bound = None
    max_sfreq_hz: Bound = None
    min_hours: Bound = None
    max_hours: Bound = None
    min_size_bytes: Bound = None
    max_size_bytes: Bound = None

    def matches(self, row: DatasetRow) -> bool:
        """Whether a dataset has everything asked for; what is unknown of it never matches.

        Examples
        --------
        >>> row = DatasetRow("ds1", "", "", ("eeg",), (), (), None, None, (64,), (), "", None, "")
        >>> Search(modality="EEG", min_channels=32).matches(row), Search(max_size_bytes=10).matches(row)
        (True, False)
        """
        return self.verdict(row) is True

    def verdict(self, row: DatasetRow) -> bool | None:
        """Whether a dataset has everything asked for; None if only what is unknown of it stands in the way."""
        unknown = False
        for holds in self._tests(row):
            if holds is False:
                return False
            unknown = unknown or holds is None
        return None if unknown else True

    def _tests(self, row: DatasetRow) -> Iterator[bool | None]:
        yield not self.text or row.mentions(self.text)
        yield _has(self.modality, row.modalities, whole=True)
        yield _has(self.source, (row.source,), whole=True)
        yield _has(self.task, (*row.tasks, *row.stimuli))
        yield _has(self.cohort, row.cohort)
        yield _has(self.sex[:1], [sex[:1] for sex in row.sexes], whole=True)
        yield _begins(plain_licence(self.licence), row.licence)
        yield _overlaps((self.min_age, self.max_age), row.age_range)
        yield _any_within((self.min_subjects, self.max_subjects), [row.subjects])
        yield _any_within((self.min_channels, self.max_channels), row.channels)
        yield _any_within((self.min_sfreq_hz, self.max_sfreq_hz), row.sfreqs_hz)
        yield _any_within((self.min_hours, self.max_hours), [row.hours])
        yield _any_within((self.min_size_bytes, self.max_size_bytes), [row.size_bytes])


def _has(wanted: str, values: Iterable[str], *, whole: bool = False) -> bool | None:
    if not wanted:
        return True
    known = [value.casefold() for value in values if value]
    found = wanted.casefold() in known if whole else any(wanted.casefold() in value for value in known)
    return found if known else None


def _begins(wanted: str, value: str) -> bool | None:
    if not wanted:
        return True
    return value.casefold().startswith(wanted.casefold()) if value else None


def _any_within(bounds: tuple[Bound, Bound], values: Iterable[float | None]) -> bool | None:
    low, high = bounds
    if low is None and high is None:
        return True
    known = [value for value in values if value is not None]
    return any((low is None or value >= low) and (high is None or value <= high) for value in known) if known else None


def _overlaps(bounds: tuple[Bound, Bound], span: tuple[float, float] | None) -> bool | None:
    low, high = bounds
    if low is None and high is None:
        return True
    if span is None:
        return None
    return (low is None or span[1] >= low) and (high is None or span[0] <= high)
