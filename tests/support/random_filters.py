"""Documents full of traps, and random filters over them: what stores must answer as MongoDB does."""

from __future__ import annotations

import random
from contextlib import suppress
from typing import Any

from eegmill.catalog.documents.models import Record
from eegmill.catalog.filters.language import make_filter
from eegmill.errors import FilterError

DOCUMENTS = 400
SCALARS: tuple[Any, ...] = (
    *(None, True, False, 0, 1, 2, -1, 1.0, 2.5, 0.1, 0.30000000000000004, -0.0, 1e300),
    *(2**53 + 1, float(2**53), 2**63 - 1, "", "1", "0", "true", "null", "a", "A", "ab", "b\na", "é", 'q"\\', "o'b"),
)
NAMES = ("b", "c", "b", "1st")
TRAP_FIELDS = ("a", "x", "q r", "o'b")
PATHS = (
    *(
        "a",
        "a",
        "a.b",
        "a.b",
        "a.c",
        "a.b.c",
        "a.b.b",
        "a.b.c.b",
        "x",
        "x.b",
        "x.b.c",
        "q r",
        "o'b.b",
        "a.1st",
        "missing.b",
    ),
    *("dataset", "subject", "session", "task", "run", "nchans", "ntimes", "sampling_frequency", "recording_modality"),
    *("ch_names", "entities.subject", "entities", "storage.dep_keys", "participant_tsv.age", "_has_missing_files"),
)
PATTERNS = ("^a", "a$", "A", "^$", "a.b", "[0-9]+", "1|a", "^b.a", "^a$", "é", "\\d", "rest|odd", "o'")


def documents(seed: int) -> list[Record]:
    """Records that fit the schema, with further fields that do not fit anything."""
    rng = random.Random(seed)
    return [Record.from_value(_record(rng, number)) for number in range(DOCUMENTS)]


def filters(seed: int, count: int) -> list[dict[str, Any]]:
    """Random filters of the filter language; those beyond its limits are left out."""
    rng = random.Random(seed)
    found: list[dict[str, Any]] = []
    while len(found) < count:
        document = _conditions(rng, depth=rng.choice((1, 1, 2, 3)))
        with suppress(FilterError):
            found.append(dict(make_filter(document).document))
    return found


def _record(rng: random.Random, number: int) -> dict[str, Any]:
    document: dict[str, Any] = {
        "dataset": f"ds{number % 3}",
        "bids_relpath": f"file-{number}",
        "storage": {
            "backend": "s3",
            "base": "b",
            "raw_key": "k",
            "dep_keys": rng.choices(["a", "b", "1"], k=number % 3),
        },
        "recording_modality": rng.choice([["eeg"], ["meg"], ["eeg", "meg"], ["a"], []]),
    }
    choices: dict[str, tuple[Any, ...]] = {
        "subject": ("01", "1", "a", "A", None),
        "session": ("1", "", None),
        "task": ("rest", "oddball", "a", None),
        "run": ("1", "01", None),
        "nchans": (0, 1, 2, 32, None),
        "ntimes": (2**53 + 1, 1000, None),
        "sampling_frequency": (0.1, 1.0, 2.5, 250.0, None),
        "ch_names": (["a", "A"], ["1"], [], None),
        "entities": ({"subject": "01"}, {"subject": None}, {}, None),
        "participant_tsv": ({"age": 23}, {"age": "23"}, {"age": [1, 2]}, None),
        "_has_missing_files": (True, False, None),
    }
    for name, values in choices.items():
        if rng.random() < 0.8:
            document[name] = rng.choice(values)
    for name in TRAP_FIELDS:
        if rng.random() < 0.85:
            document[name] = _value(rng, depth=3)
    return document


def _value(rng: random.Random, depth: int) -> Any:
    kind = rng.random()
    if depth == 0 or kind < 0.4:
        return rng.choice(SCALARS)
    if kind < 0.75:
        return [_value(rng, depth - 1) for _ in range(rng.choice((0, 1, 2, 3)))]
    return {name: _value(rng, depth - 1) for name in NAMES if rng.random() < 0.5}


def _conditions(rng: random.Random, depth: int) -> dict[str, Any]:
    keys = [_condition(rng, depth) for _ in range(rng.choice((0, 1, 1, 1, 2, 3)) if rng.random() < 0.9 else 1)]
    return dict(keys)


def _condition(rng: random.Random, depth: int, paths: tuple[str, ...] = PATHS, inner: int = 2) -> tuple[str, Any]:
    if depth > 1 and rng.random() < 0.5:
        clauses = [dict([_condition(rng, depth - 1, paths, inner)]) for _ in range(rng.choice((1, 2, 3)))]
        return rng.choice(("$and", "$or", "$nor")), clauses
    path = rng.choice(paths)
    if rng.random() < 0.25:
        return path, _scalar(rng, path)
    return path, _operators(rng, path, inner)


def _operators(rng: random.Random, path: str, depth: int) -> dict[str, Any]:
    operators: dict[str, Any] = {}
    for _ in range(rng.choice((1, 1, 1, 2))):
        operators.update(_operator(rng, path, depth))
    return operators


def _operator(rng: random.Random, path: str, depth: int) -> dict[str, Any]:
    simple = ("$eq", "$ne", "$in", "$nin", "$gt", "$gte", "$lt", "$lte", "$regex", "$exists", "$size", "$all")
    name = rng.choice((*simple, "$not", "$elemMatch", "$elemMatch") if depth else simple)
    match name:
        case "$in" | "$nin" | "$all":
            most = rng.choice((0, 1, 2, 3, 12) if name != "$all" else (0, 1, 1, 2))
            return {name: [_scalar(rng, path) for _ in range(most)]}
        case "$regex":
            options = {"$options": rng.choice(("i", "m", "s", "ims", ""))} if rng.random() < 0.5 else {}
            return {name: rng.choice(PATTERNS), **options}
        case "$exists":
            return {name: rng.random() < 0.5}
        case "$size":
            return {name: rng.choice((0, 1, 2, 3))}
        case "$not":
            return {name: _operators(rng, path, depth - 1)}
        case "$elemMatch" if rng.random() < 0.5:
            return {name: _operators(rng, path, depth - 1)}
        case "$elemMatch":
            inner = ("b", "c", "b.c", "b.b", "c.b")
            return {
                name: dict(_condition(rng, 1 + (depth > 1), inner, depth - 1) for _ in range(rng.choice((0, 1, 1, 2))))
            }
    return {name: _scalar(rng, path)}


def _scalar(rng: random.Random, path: str) -> Any:
    likely: dict[str, tuple[Any, ...]] = {
        "dataset": ("ds0", "ds1", "ds9"),
        "subject": ("01", "1", 1, "A"),
        "task": ("rest", "oddball"),
        "nchans": (0, 1, 2, 32, 1.0, "1", True),
        "ntimes": (2**53 + 1, float(2**53), 1000),
        "sampling_frequency": (0.1, 1, 250, 250.0),
        "recording_modality": ("eeg", "meg", "a"),
        "entities.subject": ("01",),
        "participant_tsv.age": (23, "23", 1),
    }
    return rng.choice(likely[path]) if path in likely and rng.random() < 0.7 else rng.choice(SCALARS)
