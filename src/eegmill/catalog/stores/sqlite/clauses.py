"""Pieces of an SQL condition: bound arguments, and the test of one JSON value by its type."""

from __future__ import annotations

import operator

from ...documents import strict_json
from ...filters.tree import In, Matches, Order, Scalar, Test

FEW = 8
"""Up to so many values are written out; more travel as one JSON argument."""
SIGNS = {"$gt": ">", "$gte": ">=", "$lt": "<", "$lte": "<="}
_BOOLEAN = {"$gt": operator.gt, "$gte": operator.ge, "$lt": operator.lt, "$lte": operator.le}


class Arguments:
    """The values that ``?1``, ``?2`` … of a statement stand for."""

    def __init__(self) -> None:
        self.values: list[object] = []

    def bind(self, value: object) -> str:
        """Add a value; the SQL that stands for it."""
        # SQLite's own reading of a decimal can differ from Python's in the last bit: let it read both sides.
        if isinstance(value, float):
            self.values.append(repr(value))
            return f"json_extract(?{len(self.values)}, '$')"
        self.values.append(value)
        return f"?{len(self.values)}"

    def equals(self, values: list[Scalar]) -> str:
        """The right side of a comparison with one of these values."""
        return f"= {self.bind(values[0])}" if len(values) == 1 else f"IN {self.many(values)}"

    def many(self, values: list[Scalar] | list[str] | list[int]) -> str:
        """A list for ``IN``."""
        if len(values) <= FEW:
            return f"({', '.join(self.bind(value) for value in values)})"
        return f"(SELECT value FROM json_each({self.bind(strict_json.dumps(values))}))"


class Clauses:
    """A test whose arguments are bound once, however often the condition repeats it."""

    def __init__(self, arguments: Arguments, test: Test) -> None:
        self.test = test
        self.takes_null = (isinstance(test, In) and None in test.values) or (
            isinstance(test, Order) and test.value is None and test.operator in {"$gte", "$lte"}
        )
        self._by_type = self._clauses(arguments, test)

    def branches(self, value: str) -> str:
        """WHEN branches by JSON type, for a value given as SQL."""
        return (
            " ".join(f"WHEN '{kind}' THEN {clause.format(value)}" for kind, clause in self._by_type.items())
            or "WHEN '' THEN 0"
        )

    def _clauses(self, arguments: Arguments, test: Test) -> dict[str, str]:
        match test:
            case In(values):
                return self._in(arguments, values)
            case Order(name, value):
                return self._order(arguments, name, value)
            case Matches(pattern):
                return {"text": f"matches({arguments.bind(pattern.text)}, {{0}})"}
        return {}

    def _in(self, arguments: Arguments, values: tuple[Scalar, ...]) -> dict[str, str]:
        clauses = {}
        texts = [value for value in values if kind_of(value) == "text"]
        numbers = [value for value in values if kind_of(value) == "number"]
        if texts:
            clauses["text"] = f"{{0}} {arguments.equals(texts)}"
        if numbers:
            clauses["integer"] = clauses["real"] = f"{{0}} {arguments.equals(numbers)}"
        constants = (("true", True), ("false", False), ("null", None))
        return clauses | {kind: "1" for kind, constant in constants if any(value is constant for value in values)}

    def _order(self, arguments: Arguments, name: str, value: Scalar) -> dict[str, str]:
        if value is None:
            return {"null": "1"} if self.takes_null else {}
        if isinstance(value, bool):
            compare = _BOOLEAN[name]
            return {kind: "1" for kind, held in (("false", False), ("true", True)) if compare(held, value)}
        clause = f"{{0}} {SIGNS[name]} {arguments.bind(value)}"
        return {"text": clause} if isinstance(value, str) else {"integer": clause, "real": clause}


def kind_of(value: Scalar) -> str:
    """The kind of column that could hold a value: ``text`` or ``number``; ``truth`` and ``null`` have none."""
    if isinstance(value, bool):
        return "truth"
    return {str: "text", int: "number", float: "number"}.get(type(value), "null")
