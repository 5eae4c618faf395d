"""The filter language: JSON text to a checked tree, which every store understands alike.

It is the part of MongoDB's query language that can be bounded: comparison, membership, patterns, existence, size,
``$all``, ``$elemMatch`` and the logical operators, over dotted paths. Anything else is refused by name, so that all
stores accept exactly the same filters.

Patterns are RE2's. Where MongoDB runs them (PCRE), ``$`` also matches before a final line break, and some Unicode
classes differ.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from ...errors import FilterError
from ..documents import strict_json
from ..faults import DocumentError
from .patterns import compile_pattern
from .tree import (
    And,
    AnyElement,
    AnyValue,
    Compare,
    Exists,
    Filter,
    In,
    Matches,
    Node,
    Not,
    Or,
    Order,
    Path,
    Scalar,
    Size,
    Test,
)

__all__ = ["EVERYTHING", "Filter", "make_filter", "parse_filter"]

MAX_BYTES = 64 * 1024
MAX_DEPTH = 8
MAX_ELEMENTS = 2
"""How many ``$elemMatch`` may stand in one another."""
MAX_VALUES = 1000
MAX_CLAUSES = 100
MAX_TESTS = 300
MAX_TEXT = 1024
MAX_SEGMENTS = 5
MAX_SEGMENT = 128

EVERYTHING = Filter(tree=And(()), document={})


def parse_filter(text: str) -> Filter:
    """Read a filter from the JSON text of a query parameter.

    Raises
    ------
    FilterError
        If it is no JSON object, or uses something outside the filter language; the message names it.

    Examples
    --------
    >>> parse_filter('{"task": {"$in": ["rest", "oddball"]}}').tree
    Compare(path=('task',), test=In(values=('rest', 'oddball')))
    """
    try:
        document = strict_json.parse(text, what="The filter", max_bytes=MAX_BYTES)
    except DocumentError as error:
        raise FilterError(str(error)) from None
    return _checked_filter(document)


def make_filter(document: Mapping[str, object]) -> Filter:
    """Check a filter that is already a Python mapping.

    Raises
    ------
    FilterError
        As for :func:`parse_filter`.
    """
    plain = dict(document)
    try:
        strict_json.check(plain, what="The filter")
    except DocumentError as error:
        raise FilterError(str(error)) from None
    return _checked_filter(plain)


def _checked_filter(document: object) -> Filter:
    if not isinstance(document, dict):
        msg = f"The filter must be a JSON object, not {_kind(document)}."
        raise FilterError(msg)
    return Filter(tree=_Reader().conditions(document, depth=1), document=document)


def _kind(value: object) -> str:
    names = {dict: "an object", list: "a list", str: "text", bool: "a truth value", type(None): "null"}
    return names.get(type(value), "a number")


class _Reader:
    """Reads one filter, counting its tests on the way."""

    def __init__(self) -> None:
        self.tests = 0
        self.elements = 0

    def conditions(self, document: Mapping[str, object], *, depth: int) -> Node:
        """An object of fields and logical operators: all of them must hold."""
        _check_depth(depth)
        return _all_of([self._condition(key, value, depth) for key, value in document.items()])

    def _condition(self, key: str, value: object, depth: int) -> Node:
        if key in {"$and", "$or", "$nor"}:
            return self._logical(key, value, depth)
        if key.startswith("$"):
            msg = f"The operator '{key[:100]}' cannot stand here. At this place: a field, $and, $or, $nor."
            raise FilterError(msg)
        path = _path(key)
        if isinstance(value, dict) and any(name.startswith("$") for name in value):
            return self._tests(path, value, depth + 1)
        return self._compare(path, In((_scalar(value, key),)))

    def _logical(self, operator: str, value: object, depth: int) -> Node:
        if not isinstance(value, list) or not value or not all(isinstance(item, dict) for item in value):
            msg = f"'{operator}' takes a list of at least one filter."
            raise FilterError(msg)
        if len(value) > MAX_CLAUSES:
            msg = f"'{operator}' has {len(value)} clauses, more than the {MAX_CLAUSES} allowed."
            raise FilterError(msg)
        nodes = tuple(self.conditions(item, depth=depth + 1) for item in value)
        if operator == "$and":
            return And(nodes)
        return Or(nodes) if operator == "$or" else Not(Or(nodes))

    def _tests(self, path: Path, operators: Mapping[str, object], depth: int) -> Node:
        """An object of operators on one path: all of them must hold."""
        _check_depth(depth)
        if "$options" in operators and "$regex" not in operators:
            msg = "'$options' needs '$regex' beside it."
            raise FilterError(msg)
        names = [name for name in operators if name != "$options"]
        return _all_of([self._test(path, name, operators, depth) for name in names])

    def _test(self, path: Path, name: str, operators: Mapping[str, object], depth: int) -> Node:
        value = operators[name]
        match name:
            case "$eq" | "$ne":
                found = self._compare(path, In((_scalar(value, name),)))
                return found if name == "$eq" else Not(found)
            case "$in" | "$nin":
                found = self._compare(path, In(_scalars(value, name)))
                return found if name == "$in" else Not(found)
            case "$gt" | "$gte" | "$lt" | "$lte":
                return self._compare(path, Order(name, _scalar(value, name)))
            case "$regex":
                return self._compare(path, Matches(compile_pattern(value, operators.get("$options", ""))))
            case "$exists":
                found = self._compare(path, Exists())
                return found if _flag(value) else Not(found)
            case "$size":
                return self._compare(path, Size(_length(value)))
            case "$all":
                tests = [self._compare(path, In((item,))) for item in _scalars(value, name)]
                return _all_of(tests) if tests else Or(())
            case "$elemMatch":
                return self._element(path, value, depth)
            case "$not":
                return Not(self._negated(path, value, depth))
        msg = f"The operator '{name[:100]}' is not part of the filter language."
        raise FilterError(msg)

    def _negated(self, path: Path, value: object, depth: int) -> Node:
        if not isinstance(value, dict) or not value or not all(name.startswith("$") for name in value):
            msg = "'$not' takes an object of operators."
            raise FilterError(msg)
        return self._tests(path, value, depth + 1)

    def _element(self, path: Path, value: object, depth: int) -> Node:
        if not isinstance(value, dict):
            msg = f"'$elemMatch' takes an object, not {_kind(value)}."
            raise FilterError(msg)
        self.elements += 1
        if self.elements > MAX_ELEMENTS:
            msg = f"'$elemMatch' may stand in itself {MAX_ELEMENTS} deep, not more."
            raise FilterError(msg)
        first = next(iter(value), "")
        if first.startswith("$") and first not in {"$and", "$or", "$nor"}:
            found = self._compare(path, AnyValue(self._tests((), value, depth + 1)))
        else:
            found = self._compare(path, AnyElement(self.conditions(value, depth=depth + 1)))
        self.elements -= 1
        return found

    def _compare(self, path: Path, test: Test) -> Node:
        # A store that walks lists on the way must look at every prefix of the path: 2^(parts - 1) ways.
        self.tests += 2 ** max(len(path) - 1, 0)
        if self.tests > MAX_TESTS:
            msg = f"The filter has more than {MAX_TESTS} tests (a path of n parts counts 2^(n-1))."
            raise FilterError(msg)
        return Compare(path, test)


def _all_of(nodes: list[Node]) -> Node:
    return nodes[0] if len(nodes) == 1 else And(tuple(nodes))


def _check_depth(depth: int) -> None:
    if depth > MAX_DEPTH:
        msg = f"The filter is nested deeper than {MAX_DEPTH} levels."
        raise FilterError(msg)


_SEGMENT = re.compile(r'[^\x00-\x1f".$\\][^\x00-\x1f".\\]*')


def _path(name: str) -> Path:
    segments = tuple(name.split("."))
    if len(segments) > MAX_SEGMENTS:
        msg = f"The field '{name[:100]}' has more than {MAX_SEGMENTS} parts."
        raise FilterError(msg)
    for segment in segments:
        if len(segment) > MAX_SEGMENT or not _SEGMENT.fullmatch(segment):
            msg = f"'{name[:100]}' cannot name a field."
            raise FilterError(msg)
        if segment.isdigit():
            msg = f"The field '{name[:100]}' asks for a position in a list, which is not part of the filter language."
            raise FilterError(msg)
    return segments


def _scalar(value: object, where: str) -> Scalar:
    if isinstance(value, dict | list):
        msg = f"'{where[:100]}' takes one value, not {_kind(value)}. For lists there are $in, $all and $elemMatch."
        raise FilterError(msg)
    if isinstance(value, str) and (len(value) > MAX_TEXT or "\0" in value):
        msg = f"The text for '{where[:100]}' has a NUL character or more than {MAX_TEXT} characters."
        raise FilterError(msg)
    return value  # type: ignore[return-value]  # strict_json.check let only JSON scalars through


def _scalars(value: object, name: str) -> tuple[Scalar, ...]:
    if not isinstance(value, list):
        msg = f"'{name}' takes a list, not {_kind(value)}."
        raise FilterError(msg)
    if len(value) > MAX_VALUES:
        msg = f"'{name}' has {len(value)} values, more than the {MAX_VALUES} allowed."
        raise FilterError(msg)
    return tuple(_scalar(item, name) for item in value)


def _flag(value: object) -> bool:
    if isinstance(value, bool | int | float):
        return bool(value)
    msg = f"'$exists' takes true or false, not {_kind(value)}."
    raise FilterError(msg)


def _length(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    msg = f"'$size' takes a whole number from 0, not {_kind(value) if not isinstance(value, int) else value}."
    raise FilterError(msg)
