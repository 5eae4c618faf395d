"""The tree that a checked filter becomes: what a store has to understand, and no more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from .patterns import Pattern

Scalar: TypeAlias = bool | int | float | str | None
Path: TypeAlias = tuple[str, ...]
OrderName = Literal["$gt", "$gte", "$lt", "$lte"]


@dataclass(frozen=True)
class In:
    """The value, or an element of it, is one of these; None stands for null and for a missing field."""

    values: tuple[Scalar, ...]


@dataclass(frozen=True)
class Order:
    """The value, or an element of it, compares so with a value of its own type."""

    operator: OrderName
    value: Scalar


@dataclass(frozen=True)
class Matches:
    """The text, or a text among the elements, holds a match of the pattern."""

    pattern: Pattern


@dataclass(frozen=True)
class Exists:
    """The field is there, null or not."""


@dataclass(frozen=True)
class Size:
    """The value is a list of this length."""

    length: int


@dataclass(frozen=True)
class AnyElement:
    """The value is a list, and one element passes ``condition`` as a document of its own (``$elemMatch``)."""

    condition: Node


@dataclass(frozen=True)
class AnyValue:
    """The value is a list, and one element passes ``condition``, whose tests have no path (``$elemMatch``)."""

    condition: Node


Test: TypeAlias = In | Order | Matches | Exists | Size | AnyElement | AnyValue


@dataclass(frozen=True)
class Compare:
    """One test of one path."""

    path: Path
    test: Test


@dataclass(frozen=True)
class And:
    """All of these; true when there are none."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True)
class Or:
    """At least one of these; false when there are none."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True)
class Not:
    """Not this: a missing field passes every negation."""

    node: Node


Node: TypeAlias = Compare | And | Or | Not


@dataclass(frozen=True)
class Filter:
    """A checked filter: the tree, and the document it was read from (MongoDB takes it as it is)."""

    tree: Node
    document: Mapping[str, object]
