from __future__ import annotations

from pydantic import Field

from eegmill.models import Frozen, field_descriptions


class Base(Frozen):
    """Has a field that others inherit."""

    first: int = 1
    """What stands below it."""
    plain: int = 2


class Derived(Base):
    """Has a field of its own."""

    second: int = Field(
        default=3,
        ge=0,
    )
    """Of two
    lines."""


def test_the_docstring_below_a_field_describes_it():
    assert field_descriptions(Base) == {"first": "What stands below it."}


def test_descriptions_are_inherited():
    assert field_descriptions(Derived) == {"first": "What stands below it.", "second": "Of two\nlines."}
