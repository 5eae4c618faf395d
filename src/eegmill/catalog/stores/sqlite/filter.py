"""A checked filter as an SQLite condition that says exactly what MongoDB would.

What it takes to be exact:

* A field matches by its value or, if that is a list, by any element; a list of objects on the way is walked too.
* Only like compares with like: SQLite sorts text above every number and reads ``true`` as 1, so the JSON type is asked
  first.
* ``null`` also matches a missing field. Negations are the plain opposite, so no condition may ever be SQL's NULL: every
  test is a CASE with an ELSE.
* CASE is also what keeps JSON functions away from text that is no JSON, as SQLite may evaluate AND in any order: what
  is no object becomes NULL or an empty one.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from ...documents import strict_json
from ...filters.tree import (
    And,
    AnyElement,
    AnyValue,
    Compare,
    Exists,
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
from .clauses import SIGNS, Arguments, Clauses, kind_of

ColumnKind = Literal["text", "number", "id", "members", "shared"]
NEEDLES = 4
SMALLEST, LARGEST = 1e-3, 1e15
"""Between these every writer of JSON spells a number with the same digits, without an exponent."""


WHOLE, LEAN, SHARED = "doc", "lean", "names"
ROOTS = (WHOLE, LEAN, SHARED)
"""The columns that hold a document, not a part of one."""


@dataclass(frozen=True)
class Column:
    """A field of the document that the table also keeps as a column, so that it can be indexed.

    ``text`` and ``number`` columns hold that type or NULL; ``id`` is the row number behind ``_id``; ``members`` is a
    side table ``(value, id)`` of the texts in a list; ``shared`` holds the number of a row in a side table ``(id,
    names)``, whose JSON has this field alone.
    """

    sql: str
    kind: ColumnKind
    owner: str = ""
    """Of ``members``: the table whose ``id`` it holds. Of ``shared``: the side table."""


@dataclass(frozen=True)
class Condition:
    """An SQL expression that is 0 or 1, with the arguments that its ``?1``, ``?2`` … stand for."""

    sql: str
    arguments: tuple[object, ...]
    reads_text: bool
    """Whether it asks for ``doc``, the whole text."""
    reads_columns: bool
    """Whether it asks for a column, which may have an index."""


def compile_filter(
    tree: Node,
    columns: Mapping[str, Column],
    *,
    only_in_text: frozenset[str] | None = None,
    is_common: Callable[[list[str]], bool] = lambda _: False,
) -> Condition:
    """Write a filter's tree as a condition on rows that have a ``doc`` and these columns.

    With ``only_in_text`` the rows also have ``lean``, the same JSON without these fields, which is quicker to read.
    ``is_common`` says of values in a side table that so many rows have one of them that it is better to look each row
    up than to collect the rows.
    """
    writer = _Writer(columns, only_in_text, is_common)
    sql = writer.node(tree, WHOLE)
    return Condition(sql, tuple(writer.arguments.values), writer.reads_text, writer.reads_columns)


def document_id(row: int) -> str:
    """The ``_id`` of a row: 24 hexadecimal digits, as clients of MongoDB expect, in the order of insertion."""
    return f"{row:024x}"


def row_of(identifier: object) -> int | None:
    """The row behind an ``_id``, or None if no row can have it."""
    if not isinstance(identifier, str) or len(identifier) != 24:
        return None
    try:
        row = int(identifier, 16)
    except ValueError:
        return None
    return row if document_id(row) == identifier and row <= strict_json.MAX_INTEGER else None


class _Writer:
    def __init__(
        self,
        columns: Mapping[str, Column],
        only_in_text: frozenset[str] | None,
        is_common: Callable[[list[str]], bool],
    ) -> None:
        self.columns = columns
        self.only_in_text = only_in_text
        self.reads_text = self.reads_columns = False
        self.is_common = is_common
        self.arguments = Arguments()
        self.aliases = 0

    def node(self, node: Node, document: str) -> str:
        match node:
            case And(nodes):
                return self._joined(nodes, document, " AND ", "1")
            case Or(nodes):
                return self._joined(nodes, document, " OR ", "0")
            case Not(inner):
                return f"NOT {self.node(inner, document)}"
            case Compare(path, test):
                return self._compare(path, test, document)

    def _joined(self, nodes: tuple[Node, ...], document: str, word: str, empty: str) -> str:
        return f"({word.join(self.node(node, document) for node in nodes)})" if nodes else empty

    def _compare(self, path: Path, test: Test, document: str) -> str:
        if document != WHOLE:
            return self._walk(document, path, Clauses(self.arguments, test))
        first = self.columns.get(path[0])
        if first is not None and first.kind == "shared":
            return self._shared(first, path, test)
        column = first if len(path) == 1 else None
        sql = None if column is None else self._column(column, path, test)
        if sql is not None:
            self.reads_columns = True
            return sql
        root = self._root(path)
        sql = self._walk(root, path, Clauses(self.arguments, test))
        return self._with_needles(root, test, sql) if isinstance(test, In) else sql

    def _root(self, path: Path) -> str:
        if self.only_in_text is not None and path[0] not in self.only_in_text:
            return LEAN
        self.reads_text = True
        return WHOLE

    # Columns

    def _column(self, column: Column, path: Path, test: Test) -> str | None:
        """The test on a column, or None where only the document can tell."""
        match column.kind, test:
            case "text" | "number", In(values):
                return self._column_in(column, values)
            case "text" | "number", Order(name, value):
                return self._column_order(column, name, value)
            case "text", Matches(pattern):
                return f"({column.sql} IS NOT NULL AND matches({self.arguments.bind(pattern.text)}, {column.sql}))"
            case "text" | "number", Exists():
                return f"({column.sql} IS NOT NULL OR json_type({self._root(path)}, {_literal(path)}) IS NOT NULL)"
            case "id", In(values):
                rows = [row for row in map(row_of, values) if row is not None]
                return f"{column.sql} IN {self.arguments.many(rows)}" if rows else "0"
            case "members", In(values):
                texts = [value for value in values if isinstance(value, str)]
                return self._members(column, texts) if texts else "0"
        return None

    def _members(self, column: Column, texts: list[str]) -> str:
        if self.is_common(texts):
            among = f"m.value IN {self.arguments.many(texts)}"
            return f"EXISTS(SELECT 1 FROM {column.sql} m WHERE {among} AND m.id = {column.owner}.id)"
        return f"id IN (SELECT id FROM {column.sql} WHERE value IN {self.arguments.many(texts)})"

    def _shared(self, column: Column, path: Path, test: Test) -> str:
        """Asks each value once, not each row; a value is shared by many rows, so no index would help."""
        sql = self._walk(SHARED, path, Clauses(self.arguments, test))
        return f"{column.sql} IN (SELECT id FROM {column.owner} WHERE {sql})"

    def _column_in(self, column: Column, values: tuple[Scalar, ...]) -> str:
        like = [value for value in values if kind_of(value) == column.kind]
        found = [f"({column.sql} IS NOT NULL AND {column.sql} {self.arguments.equals(like)})"] if like else []
        if None in values:
            found.append(f"{column.sql} IS NULL")
        return f"({' OR '.join(found)})" if found else "0"

    def _column_order(self, column: Column, name: str, value: Scalar) -> str:
        if value is None:
            return f"{column.sql} IS NULL" if name in {"$gte", "$lte"} else "0"
        if kind_of(value) != column.kind:
            return "0"
        return f"({column.sql} IS NOT NULL AND {column.sql} {SIGNS[name]} {self.arguments.bind(value)})"

    def _with_needles(self, root: str, test: In, sql: str) -> str:
        """Most documents cannot match a value that they do not contain: a cheap look before the JSON is parsed."""
        needles = [_needle(value) for value in test.values]
        if not 0 < len(needles) <= NEEDLES or None in needles:
            return sql
        seen = " OR ".join(f"instr({root}, {self.arguments.bind(needle)})" for needle in needles)
        return f"(({seen}) AND {sql})"

    # Documents

    def _walk(self, document: str, path: Path, test: Clauses) -> str:
        """The test at the end of a path, or behind any lists of objects on the way."""
        between = range(1, len(path))
        ways = [cuts for many in range(len(path)) for cuts in itertools.combinations(between, many)]
        found = [sql for cuts in ways for sql in self._way(document, path, cuts, test)]
        return f"({' OR '.join(found)})" if len(found) > 1 else found[0]

    def _way(self, document: str, path: Path, cuts: tuple[int, ...], test: Clauses) -> list[str]:
        """One way along a path: every cut stands behind a name that is a list, and goes on in each of its objects.

        The lists are joined side by side, as SQLite's parser cannot nest deeply.
        """
        if document in ROOTS and not cuts:
            return [self._leaf(document, path, test)]
        lists, guards, start = [], [], 0
        for cut in cuts:
            each = self._alias()
            place = _literal(path[start:cut])
            # Asking the type first spares most documents a second reading: they hold no list there.
            opened = f"CASE json_type({document}, {place}) WHEN 'array' THEN {document} END"
            lists.append(f"json_each({opened}, {place}) {each}")
            guards.append(f"typeof({each}.key) = 'integer' AND {each}.type = 'object'")
            document, start = f"CASE {each}.type WHEN 'object' THEN {each}.value END", cut
        return [_exists(lists + more, guards + tests) for more, tests in self._ends(document, path[start:], test)]

    def _ends(self, document: str, path: Path, test: Clauses) -> list[tuple[list[str], list[str]]]:
        """What to join and to ask at the end of a way, for each way a test can pass."""
        if isinstance(test.test, Exists | Size | AnyElement | AnyValue):
            return [([], [self._leaf(document, path, test)])]
        each, place = self._alias(), f"{document}, {_literal(path)}"
        element = f"CASE {each}.type {test.branches(f'{each}.value')} ELSE 0 END"
        ends = [([f"json_each({place}) {each}"], [f"json_type({place}) IS NOT 'object'", element])]
        return [*ends, ([], [self._missing(document, path)])] if test.takes_null else ends

    def _leaf(self, document: str, path: Path, test: Clauses) -> str:
        """The test where no list lies on the way; asks the type first, as most values are no lists."""
        place = f"{document}, {_literal(path)}"
        each = self._alias()
        match test.test:
            case Exists():
                return f"(json_type({place}) IS NOT NULL)"
            case Size(length):
                return f"CASE json_type({place}) WHEN 'array' THEN json_array_length({place}) = {length} ELSE 0 END"
            case AnyElement(condition) | AnyValue(condition):
                passes = self._element(test.test, condition, each)
                return _exists([f"json_each({place}) {each}"], [f"typeof({each}.key) = 'integer'", passes])
        branches = test.branches(f"json_extract({place})")
        element = f"CASE {each}.type {test.branches(f'{each}.value')} ELSE 0 END"
        found = _exists([f"json_each({place}) {each}"], [element])
        missing = self._missing(document, path) if test.takes_null else "0"
        return f"CASE json_type({place}) {branches} WHEN 'array' THEN {found} ELSE {missing} END"

    def _missing(self, document: str, path: Path) -> str:
        """A field is missing only where no list lies on the way: behind a list its elements decide."""
        lists = [f" AND json_type({document}, {_literal(path[:cut])}) IS NOT 'array'" for cut in range(1, len(path))]
        return f"json_type({document}, {_literal(path)}) IS NULL{''.join(lists)}"

    # Elements of lists

    def _element(self, test: AnyElement | AnyValue, condition: Node, each: str) -> str:
        if isinstance(test, AnyValue):
            return self._value_node(condition, each)
        # To MongoDB a list within the list is an object whose fields are positions: it has none of the names asked for.
        document = f"CASE {each}.type WHEN 'object' THEN {each}.value ELSE '{{}}' END"
        return f"{each}.type IN ('object', 'array') AND {self.node(condition, document)}"

    def _value_node(self, node: Node, each: str) -> str:
        match node:
            case And(nodes):
                return f"({' AND '.join(self._value_node(item, each) for item in nodes)})" if nodes else "1"
            case Or(nodes):
                return f"({' OR '.join(self._value_node(item, each) for item in nodes)})" if nodes else "0"
            case Not(inner):
                return f"NOT {self._value_node(inner, each)}"
            case Compare(_, test):
                return self._value_test(test, each)

    def _value_test(self, test: Test, each: str) -> str:
        """One element on its own: a list inside it is not opened."""
        match test:
            case Exists():
                return "1"
            case Size(length):
                return f"CASE {each}.type WHEN 'array' THEN json_array_length({each}.value) = {length} ELSE 0 END"
            case AnyElement(condition) | AnyValue(condition):
                inner = self._alias()
                passes = self._element(test, condition, inner)
                document = f"CASE {each}.type WHEN 'array' THEN {each}.value END"
                return _exists([f"json_each({document}) {inner}"], [passes])
        return f"CASE {each}.type {Clauses(self.arguments, test).branches(f'{each}.value')} ELSE 0 END"

    def _alias(self) -> str:
        self.aliases += 1
        return f"e{self.aliases}"


def _needle(value: Scalar) -> str | None:
    """What the JSON text of every document with this value contains, if that is rare enough to look for."""
    if isinstance(value, str):
        return strict_json.dumps(value)
    if isinstance(value, bool) or value is None:
        return None
    if not SMALLEST <= abs(value) < LARGEST:
        return None
    return str(abs(int(value))) if value == int(value) else repr(value)


def _exists(lists: list[str], tests: list[str]) -> str:
    """A condition that some row of these joined lists passes; without lists, just the tests."""
    joined = " AND ".join(tests)
    return f"EXISTS(SELECT 1 FROM {', '.join(lists)} WHERE {joined})" if lists else joined


def _literal(path: Path) -> str:
    """A path as an SQL text; the filter language lets no quote or backslash of JSON into a name."""
    joined = "".join(f'."{segment}"' for segment in path).replace("'", "''")
    return f"'${joined}'"
