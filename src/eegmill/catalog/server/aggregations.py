"""Sums over dataset documents, in the shapes that the charts of EEGDash's documentation draw.

A dataset counts once: by its first modality and its first population. What is unknown adds nothing to a sum.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal, TypeAlias, get_args

from ..documents.rows import row_of

Level: TypeAlias = Literal["source", "modality", "clinical"]
Measure: TypeAlias = Literal["subjects", "files", "records", "duration_h", "size_gb", "tasks"]

LEVELS: tuple[Level, ...] = get_args(Level)
UNKNOWN = "Unknown"
GB = 1024**3
_SPELLED = {"eeg": "EEG", "meg": "MEG", "ieeg": "iEEG", "emg": "EMG", "nirs": "fNIRS", "fnirs": "fNIRS"}


@dataclass(frozen=True)
class DatasetFacts:
    """What the charts need of one dataset."""

    dataset_id: str
    label: str
    levels: Mapping[Level, str]
    measures: Mapping[Measure, float | None]
    year: str | None

    def measured(self, name: Measure) -> float:
        """A measure, 0 where it is unknown."""
        return self.measures[name] or 0


def facts_of(document: Mapping[str, Any]) -> DatasetFacts:
    """Read a dataset document."""
    row = row_of(document)
    modality = next(iter(row.modalities), UNKNOWN)
    seconds = _number(document.get("total_duration_s"))
    tasks = document.get("tasks")
    return DatasetFacts(
        dataset_id=row.dataset_id,
        label=row.title,
        levels={
            "source": row.source or UNKNOWN,
            "modality": _SPELLED.get(modality.casefold(), modality),
            "clinical": next(iter(row.cohort), UNKNOWN),
        },
        measures={
            "subjects": row.subjects,
            "files": _number(document.get("total_files")),
            "records": row.records,
            "duration_h": None if seconds is None else seconds / 3600,
            "size_gb": None if row.size_bytes is None else row.size_bytes / GB,
            "tasks": len(tasks) if isinstance(tasks, list) else _number(document.get("n_tasks")),
        },
        year=None if row.year is None else str(row.year),
    )


def sankey(facts: Iterable[DatasetFacts], levels: Sequence[Level]) -> dict[str, Any]:
    """How many subjects flow from each value of one level to each of the next."""
    known = list(facts)
    subjects: Counter[tuple[int, str]] = Counter()
    for fact in known:
        for depth, level in enumerate(levels):
            subjects[depth, fact.levels[level]] += int(fact.measured("subjects"))
    numbers = {key: number for number, key in enumerate(sorted(subjects, key=_unknown_last))}
    nodes = [
        {"id": number, "label": label, "level": depth, "value": subjects[depth, label]}
        for (depth, label), number in numbers.items()
    ]
    return {"levels": list(levels), "nodes": nodes, "links": list(_links(known, levels, numbers))}


def _links(
    facts: Sequence[DatasetFacts], levels: Sequence[Level], numbers: Mapping[tuple[int, str], int]
) -> Iterator[dict[str, Any]]:
    for depth, (one, other) in enumerate(pairwise(levels)):
        flows: dict[tuple[int, int], list[int]] = defaultdict(list)
        for fact in facts:
            ends = (numbers[depth, fact.levels[one]], numbers[depth + 1, fact.levels[other]])
            flows[ends].append(int(fact.measured("subjects")))
        for (source, target), parts in sorted(flows.items()):
            total = sum(parts)
            yield {
                "source": source,
                "target": target,
                "value": total,
                "subject_sum": total,
                "dataset_count": len(parts),
            }


def treemap(facts: Iterable[DatasetFacts], path: Sequence[Level]) -> dict[str, Any]:
    """Sums for every value of the first level, within it for every value of the second, and so on."""
    groups: dict[tuple[str, ...], list[DatasetFacts]] = defaultdict(list)
    for fact in facts:
        labels = tuple(fact.levels[level] for level in path)
        for depth in range(len(labels)):
            groups[labels[: depth + 1]].append(fact)
    ordered = sorted(groups.items(), key=lambda group: (len(group[0]), group[0]))
    return {"path": list(path), "nodes": [_tile(labels, members) for labels, members in ordered]}


def _tile(labels: tuple[str, ...], members: Sequence[DatasetFacts]) -> dict[str, Any]:
    return {
        "id": "/".join(labels),
        "parent": "/".join(labels[:-1]),
        "label": labels[-1],
        "subjects": int(sum(fact.measured("subjects") for fact in members)),
        "hours": round(sum(fact.measured("duration_h") for fact in members), 3),
        "records": int(sum(fact.measured("records") for fact in members)),
        "datasets": len(members),
    }


def bubble(facts: Iterable[DatasetFacts], x: Measure, y: Measure, color: Level, size: Measure | None) -> dict[str, Any]:
    """One point a dataset; null where a measure is unknown."""
    points = [
        {
            "id": fact.dataset_id,
            "label": fact.label,
            "x": fact.measures[x],
            "y": fact.measures[y],
            "size": fact.measures[size] if size else None,
            "color": fact.levels[color],
        }
        for fact in facts
    ]
    return {"x": x, "y": y, "size": size, "color": color, "points": points}


def growth(facts: Iterable[DatasetFacts]) -> dict[str, Any]:
    """New datasets by year and modality, and their running totals; datasets without a year are left out."""
    years: dict[str, Counter[str]] = defaultdict(Counter)
    for fact in facts:
        if fact.year is not None:
            years[fact.levels["modality"]][fact.year] += 1
    return {"series": {modality: list(_running(counts)) for modality, counts in sorted(years.items())}}


def _running(counts: Mapping[str, int]) -> Iterator[dict[str, Any]]:
    total = 0
    for year, count in sorted(counts.items()):
        total += count
        yield {"period": year, "count": count, "cumulative": total}


def _unknown_last(key: tuple[int, str]) -> tuple[int, bool, str]:
    depth, label = key
    return depth, label == UNKNOWN, label


def _number(value: object) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None
