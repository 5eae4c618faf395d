"""What two environments decided, field by field: decisions that flipped, and numbers that moved beyond the bounds."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ...models import Frozen
from ...provenance.compare import alike

NAMING = ("name", "channel", "index", "frequency_hz")
"""Fields that tell the entries of a list apart, the first that all of them have."""
TEXTS = frozenset({"notes", "reason", "reasons", "why_not"})
"""Fields with sentences for people: the numbers in them are no decisions."""
NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?")
ABSENT = object()


class Difference(Frozen):
    """One field that two environments fill differently."""

    place: str
    """The field, such as ``detectors[noisiness].bad[Fp1]``."""
    here: str
    there: str
    flip: bool
    """Whether it is a decision: a name, a label, a count, yes or no. Otherwise a number that is beyond the bounds."""

    def __str__(self) -> str:
        return f"{self.place}: {self.here} here, {self.there} there"


def differences(here: Any, there: Any, place: str = "") -> Iterator[Difference]:
    """Where two JSON values differ beyond the bounds of ``verify``, in the order of the first.

    Entries of a list are told apart by their name where they have one, so that one more of them is one difference.
    """
    ours, theirs = _fields(here, place), _fields(there, place)
    if ours is not None and theirs is not None and isinstance(here, list) == isinstance(there, list):
        for key in dict.fromkeys((*ours, *theirs)):
            yield from differences(ours.get(key, ABSENT), theirs.get(key, ABSENT), key)
        if ours.keys() == theirs.keys() and isinstance(here, list) and list(ours) != list(theirs):
            yield Difference(place=place, here="one order", there="another", flip=True)
    elif not _same(here, there, place):
        yield Difference(place=place, here=_told(here), there=_told(there), flip=_is_flip(here, there, place))


def _fields(value: Any, place: str) -> Mapping[str, Any] | None:
    """What is in an object or a list, by place; None for all else."""
    if isinstance(value, dict):
        return {f"{place}.{key}".lstrip("."): item for key, item in value.items()}
    if isinstance(value, list):
        return {f"{place}[{name}]": item for name, item in zip(_names(value, place), value, strict=True)}
    return None


def _names(entries: Sequence[Any], place: str) -> list[str]:
    """Names of the entries of a list: what they are, what they are called, or else their number."""
    if all(isinstance(entry, str | int) for entry in entries) and _field(place) not in TEXTS:
        names = [str(entry) for entry in entries]
        if len(set(names)) == len(names):
            return names
    for key in NAMING:
        if all(isinstance(entry, dict) and key in entry for entry in entries):
            names = [str(entry[key]) for entry in entries]
            if len(set(names)) == len(names):
                return names
    return [str(number) for number in range(len(entries))]


def _field(place: str) -> str:
    """The name of the field that a place is in."""
    return place.rpartition(".")[2].partition("[")[0]


def _same(here: Any, there: Any, place: str) -> bool:
    if here is ABSENT or there is ABSENT:
        return False
    if isinstance(here, str) and isinstance(there, str) and _field(place) in TEXTS:
        return NUMBER.split(here) == NUMBER.split(there) and all(
            alike(float(a), float(b), place) for a, b in zip(*map(NUMBER.findall, (here, there)), strict=True)
        )
    return alike(here, there, place)


def _is_flip(here: Any, there: Any, place: str) -> bool:
    if isinstance(here, str) and isinstance(there, str) and _field(place) in TEXTS:
        return NUMBER.split(here) != NUMBER.split(there)
    return {type(here), type(there)} not in ({float}, {int, float})


def _told(value: Any, width: int = 60) -> str:
    if value is ABSENT:
        return "absent"
    text = repr(value)
    return text if len(text) <= width else f"{text[: width - 2]} …"


def split(found: Sequence[Difference]) -> tuple[tuple[Difference, ...], tuple[Difference, ...]]:
    """Decisions that flipped, and numbers that moved."""
    return tuple(item for item in found if item.flip), tuple(item for item in found if not item.flip)


def one_line(title: str, found: Sequence[Difference], *, most: int = 5) -> str:
    """A few of the differences in a line; how many more there are."""
    more = f"; and {len(found) - most} more" if len(found) > most else ""
    return f"{title} {'; '.join(str(item) for item in found[:most])}{more}"
