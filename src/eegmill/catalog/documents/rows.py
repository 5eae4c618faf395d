"""A dataset document as one row of a table."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ...sizes import size_human
from .fields import texts

_SPELLINGS = (
    (r"CC ?0( ?1\.0)?|PD|PDDL.*|Public Domain.*", "CC0"),
    (r"CC ?(BY(?: (?:NC|ND|SA))*) ?(\d\.\d)", r"CC-\1-\2"),
    (r"CC ?(BY(?: (?:NC|ND|SA))*)", r"CC-\1"),
    (r"ODC ?By ?(v?1\.0)?|Open Data Commons Attribution.*", "ODC-By-1.0"),
    (r"ODbL ?(v?1\.0)?", "ODbL-1.0"),
    (r"Unknown|n/?a", ""),
)


NO_MODALITIES = frozenset(
    ["anat", "beh", "bids", "code", "derivatives", "dwi", "fmap", "func", "misc", "perf", "phenotype", "sourcedata"]
)
"""Folders of BIDS datasets that older lists give as modalities."""
MAX_README = 20_000
"""Characters of a readme that a search looks through."""


@dataclass(frozen=True)
class DatasetRow:
    """What one looks for in a dataset; empty or None where the catalogue does not know."""

    dataset_id: str
    title: str
    source: str
    modalities: tuple[str, ...]
    tasks: tuple[str, ...]
    """Task names, and kinds of experiment (Attention, Sleep, ...)."""
    cohort: tuple[str, ...]
    subjects: int | None
    records: int | None
    channels: tuple[int, ...]
    sfreqs_hz: tuple[float, ...]
    licence: str
    size_bytes: int | None
    doi: str
    hours: float | None = None
    """Length of all recordings together."""
    age_range: tuple[float, float] | None = None
    """Youngest and oldest subject, in years."""
    sexes: tuple[str, ...] = ()
    """As the dataset writes them: ``F``, ``M``, ``female`` and so on."""
    authors: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    """Other names that the dataset goes by."""
    reference: str = ""
    """Author and year."""
    stimuli: tuple[str, ...] = ()
    """What the experiment works through: Visual, Auditory, Resting State and so on."""
    year: int | None = None
    """When the dataset was made."""
    readme: str = ""
    """The start of the dataset's own description, where the document has it."""

    @property
    def size(self) -> str:
        """The size for people to read."""
        return "" if self.size_bytes is None else size_human(self.size_bytes)

    @cached_property
    def words(self) -> str:
        """All text that a free search looks through, in lower case."""
        parts = (self.dataset_id, self.title, self.source, self.licence, self.doi, self.reference)
        lists = (*self.modalities, *self.tasks, *self.cohort, *self.authors, *self.names, *self.stimuli, self.readme)
        return " ".join((*parts, *lists)).casefold()

    def mentions(self, text: str) -> bool:
        """Whether all words of a text occur; case does not matter, and no words always do."""
        return all(word in self.words for word in text.casefold().split())


def row_of(document: Mapping[str, Any]) -> DatasetRow:
    """Read a dataset document of the API, however dirty, into a row."""
    tags, people = _object(document, "tags"), _object(document, "demographics")
    clinical = _object(document, "clinical")
    return DatasetRow(
        dataset_id=str(document.get("dataset_id") or ""),
        title=str(document.get("computed_title") or document.get("name") or document.get("dataset_id") or ""),
        source=str(document.get("source") or ""),
        modalities=_modalities(document.get("recording_modality")),
        tasks=_known(*texts(document.get("tasks")), *texts(tags.get("type"))),
        cohort=_known(*texts(tags.get("pathology")), *texts(clinical.get("group"))),
        subjects=_whole(people.get("subjects_count")),
        records=_records(document),
        channels=tuple(int(value) for value in _values(document.get("nchans_counts"))),
        sfreqs_hz=_values(document.get("sfreq_counts")),
        licence=plain_licence(str(document.get("license") or "")),
        size_bytes=_whole(document.get("size_bytes")),
        doi=str(document.get("dataset_doi") or "").removeprefix("doi:"),
        hours=_hours(document.get("total_duration_s")),
        age_range=_age_range(people),
        sexes=_sexes(people),
        authors=texts(document.get("authors")),
        names=texts(document.get("canonical_name")),
        reference=str(document.get("author_year") or "").replace("_", " "),
        stimuli=_known(*texts(tags.get("modality"))),
        year=year_of(document),
        readme=str(document.get("readme") or "")[:MAX_README],
    )


def plain_licence(text: str) -> str:
    """One spelling for each of the common licences; anything else as it is.

    Examples
    --------
    >>> [plain_licence(text) for text in ("CC0 1.0", "CC BY 4.0", "CC-BY-SA 4.0", "GPL-3.0")]
    ['CC0', 'CC-BY-4.0', 'CC-BY-SA-4.0', 'GPL-3.0']
    """
    loose = " ".join(text.replace("-", " ").split())
    for pattern, plain in _SPELLINGS:
        match = re.fullmatch(pattern, loose, re.IGNORECASE)
        if match:
            return match.expand(plain).upper().replace(" ", "-") if "\\" in plain else plain
    return text.strip()


def _object(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = document.get(name)
    return value if isinstance(value, Mapping) else {}


def year_of(document: Mapping[str, Any]) -> int | None:
    """From the date of creation, else from ``author_year``.

    Examples
    --------
    >>> year_of({"author_year": "Delorme2019"}), year_of({"author_year": "DS2094_Single_pulse"})
    (2019, None)
    """
    created = _object(document, "timestamps").get("dataset_created_at")
    for text, pattern in ((created, r"(\d{4})"), (document.get("author_year"), r"(?!DS\d).*?((?:19|20)\d\d)")):
        match = re.match(pattern, text) if isinstance(text, str) else None
        if match:
            return int(match[1])
    return None


def _modalities(value: object) -> tuple[str, ...]:
    """Those in which a brain or a body is recorded; ``"eeg, meg"`` in older lists means both."""
    parts = (part.strip() for text in texts(value) for part in text.split(","))
    return tuple(part for part in parts if part and part.casefold() not in NO_MODALITIES)


def _known(*labels: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(label for label in labels if label and label.casefold() not in {"unknown", "n/a"}))


def _records(document: Mapping[str, Any]) -> int | None:
    counts = document.get("nchans_counts")
    stated = _whole(document.get("n_records"))
    if stated is not None or not isinstance(counts, list):
        return stated
    return sum(_whole(entry.get("count")) or 0 for entry in counts if isinstance(entry, Mapping)) or None


def _values(counts: object) -> tuple[float, ...]:
    found = [entry.get("val") for entry in counts if isinstance(entry, Mapping)] if isinstance(counts, list) else []
    return tuple(sorted({float(value) for value in found if isinstance(value, int | float) and _is_number(value)}))


def _whole(value: object) -> int | None:
    return int(value) if isinstance(value, int | float) and _is_number(value) else None


def _hours(seconds: object) -> float | None:
    return float(seconds) / 3600 if isinstance(seconds, int | float) and _is_number(seconds) else None


def _age_range(people: Mapping[str, Any]) -> tuple[float, float] | None:
    """From the bounds that the document gives, else from its list of ages."""
    listed = people.get("ages")
    stated = [people.get("age_min"), people.get("age_max")]
    ages = [float(age) for age in (*stated, *(listed if isinstance(listed, list) else ())) if _is_number(age)]
    return (min(ages), max(ages)) if ages else None


def _sexes(people: Mapping[str, Any]) -> tuple[str, ...]:
    counts = people.get("sex_distribution")
    return _known(*(str(sex) for sex in counts)) if isinstance(counts, Mapping) else ()


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
