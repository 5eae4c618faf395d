"""What the page of one dataset shows beside its facts: people, electrodes, files, and how to cite it."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..documents.fields import entity
from ..documents.rows import DatasetRow
from ..filters.language import make_filter
from ..stores.contract import Store
from .catalogue_charts import Bar

AGE_STEP = 10
RADIUS = 100.0


@dataclass(frozen=True)
class People:
    """Ages in steps of ten years, and sexes as the dataset writes them."""

    ages: tuple[Bar, ...]
    sexes: tuple[Bar, ...]


@dataclass(frozen=True)
class Sensor:
    """A sensor seen from above, the nose up: within a circle of radius 100."""

    name: str
    x: float
    y: float


@dataclass(frozen=True)
class Layout:
    """The sensors of a montage that have positions, and how many have none."""

    sensors: tuple[Sensor, ...] = ()
    unplaced: int = 0


@dataclass(frozen=True)
class Branch:
    """The files of one subject."""

    name: str
    files: tuple[str, ...]


def people_of(document: Mapping[str, Any]) -> People:
    """Ages and sexes, as far as the document counts them.

    Examples
    --------
    >>> people_of({"demographics": {"ages": [23, 27, 41], "sex_distribution": {"F": 2}}}).ages[0]
    Bar(label='20–29', count=2, percent=100.0)
    """
    people = document.get("demographics")
    known: Mapping[str, Any] = people if isinstance(people, Mapping) else {}
    listed = known.get("ages")
    ages = [float(age) for age in listed if _is_age(age)] if isinstance(listed, list) else []
    steps = [int(age // AGE_STEP) for age in ages]
    span = range(min(steps), max(steps) + 1) if steps else range(0)
    counts = [(f"{AGE_STEP * at}–{AGE_STEP * at + AGE_STEP - 1}", steps.count(at)) for at in span]
    sexes = known.get("sex_distribution")
    pairs = [(str(sex), count) for sex, count in sexes.items() if _is_count(count)] if isinstance(sexes, dict) else []
    return People(_bars(counts), _bars(pairs))


def citation_of(row: DatasetRow) -> str:
    """How to cite a dataset, in the order that DataCite recommends: creators (year): title. publisher. DOI."""
    creators = ", ".join(row.authors) or "Unknown authors"
    year = f" ({row.year})" if row.year else ""
    publisher = {"openneuro": "OpenNeuro", "nemar": "NEMAR"}.get(row.source.casefold(), row.source)
    end = f"https://doi.org/{row.doi}" if row.doi else row.dataset_id
    parts = (f"{creators}{year}: {row.title}.", f"{publisher}." if publisher else "", end)
    return " ".join(filter(None, parts))


def tree_of(records: Iterable[Mapping[str, Any]]) -> tuple[Branch, ...]:
    """Files by subject, in their order."""
    branches: dict[str, list[str]] = {}
    for record in records:
        subject = entity(record, "subject")
        branches.setdefault(f"sub-{subject}" if subject else "", []).append(str(record.get("bids_relpath") or ""))
    return tuple(Branch(name, tuple(files)) for name, files in branches.items())


def layout_of(store: Store, database: str, dataset_id: str, records: Sequence[Mapping[str, Any]]) -> Layout:
    """The electrodes of the first montage that the dataset represents, or else that one of its records names."""
    hashes = [record["montage_hash"] for record in records if isinstance(record.get("montage_hash"), str)]
    for query in ({"representative_dataset": dataset_id}, {"hash": hashes[0]} if hashes else None):
        found = store.find(database, "montages", make_filter(query), limit=1) if query else []
        if found:
            return _from_above(json.loads(found[0]).get("sensors"))
    return Layout()


def _from_above(sensors: object) -> Layout:
    """Azimuthal equidistant: the distance from the middle is the angle from the vertex, 90 degrees at the circle.

    Axes are x to the right ear and y to the nose, as in documents of montages.
    """
    found, listed = [], sensors if isinstance(sensors, list) else []
    for sensor in listed:
        point = _point(sensor)
        if point is None:
            continue
        x, y, z = point
        across = math.hypot(x, y)
        angle = math.atan2(across, z) / (math.pi / 2)
        scale = RADIUS * min(angle, 1.25) / across if across else 0.0
        found.append(Sensor(str(sensor.get("name") or ""), round(x * scale, 1), round(0.0 - y * scale, 1)))
    return Layout(tuple(found), len(listed) - len(found))


def _point(sensor: object) -> tuple[float, float, float] | None:
    values = [sensor.get(axis) for axis in "xyz"] if isinstance(sensor, Mapping) else []
    known = [float(value) for value in values if isinstance(value, int | float) and math.isfinite(value)]
    return (known[0], known[1], known[2]) if len(known) == 3 else None


def _bars(counts: Sequence[tuple[str, int]]) -> tuple[Bar, ...]:
    longest = max((count for _, count in counts), default=0) or 1
    return tuple(Bar(label, count, round(100 * count / longest, 1)) for label, count in counts)


def _is_age(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 120


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
