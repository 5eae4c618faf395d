"""Which recordings fit what is asked of their descriptions: values, and bounds of numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..errors import ConfigurationError
from .names import nearest

BOUNDS = ("min_", "max_")
MAX_VALUES = 20
"""Values that a message lists."""

Description = Mapping[str, Any]


def check_fields(known: Sequence[str], fields: Iterable[str]) -> None:
    """Refuse fields that no description has, and operators, which are a query's.

    Raises
    ------
    ConfigurationError
        Names the field and the nearest one.
    """
    values = fields if isinstance(fields, Mapping) else {}
    for name in fields:
        field = _field(name, known)
        if field not in known:
            msg = f"Recordings have no '{field}' to choose by; {nearest(field, known)}"
            raise ConfigurationError(msg)
        if isinstance(values.get(name), Mapping):
            operator = next(iter(values[name]), "")
            msg = (
                f"'{name}' is chosen by a value, several, or min_{name} and max_{name}; '{operator}' is an operator of "
                f"a query on the catalogue: query={{'{name}': …}}."
            )
            raise ConfigurationError(msg)


def matches(description: Description, conditions: Mapping[str, Any]) -> bool:
    """Whether a description fits everything.

    Examples
    --------
    >>> matches({"subject": "01", "age": 20}, {"subject": ["01", "02"], "min_age": 18})
    True
    """
    return all(_fits(description, name, wanted) for name, wanted in conditions.items())


def nothing(descriptions: Sequence[Description], conditions: Mapping[str, Any], dataset: str) -> str:
    """Why nothing fits: the values that there are."""
    sentences = [f"None of the {len(descriptions)} recordings of '{dataset}' fits."]
    for name, wanted in conditions.items():
        field = _field(name, descriptions[0])
        there = {value for one in descriptions if (value := one.get(field)) is not None}
        listed = sorted(map(str, there), key=lambda text: (len(text), text))
        more = f" and {len(listed) - MAX_VALUES} more" if len(listed) > MAX_VALUES else ""
        sentences.append(f"{name}: {_text(wanted)}; there are: {', '.join(listed[:MAX_VALUES]) or 'none'}{more}.")
    return " ".join(sentences)


def without_match(descriptions: Sequence[Description], conditions: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of which several values are wanted, with those that no description has: mistyped, most likely."""
    found: dict[str, Any] = {}
    for name, wanted in conditions.items():
        if isinstance(wanted, list | tuple | set | frozenset):
            missing = [value for value in wanted if not any(_fits(one, name, value) for one in descriptions)]
            found |= {name: missing} if missing else {}
    return found


def _fits(description: Description, name: str, wanted: Any) -> bool:
    field = _field(name, description)
    value = description.get(field)
    if field != name:
        if not isinstance(value, int | float):
            return False
        return bool(value >= wanted) if name.startswith("min_") else bool(value <= wanted)
    choices = wanted if isinstance(wanted, list | tuple | set | frozenset | range) else (wanted,)
    return any(_same(value, choice) for choice in choices)


def _field(name: str, known: Iterable[str]) -> str:
    """The field that a name asks of: that of a bound has another."""
    return name[len("min_") :] if name.startswith(BOUNDS) and name not in known else name


def _same(value: Any, wanted: Any) -> bool:
    """Labels are text, and people write numbers: ``subject=1`` is not ``01``, and ``run=1`` is ``"1"``."""
    if value is None or wanted is None:
        return value is wanted
    return bool(value == wanted) or str(value) == str(wanted)


def _text(wanted: Any) -> str:
    return ", ".join(map(str, wanted)) if isinstance(wanted, list | tuple | set | frozenset | range) else str(wanted)
