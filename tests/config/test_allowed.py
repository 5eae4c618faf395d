"""What a key may hold, in words."""

from __future__ import annotations

import pytest
from pydantic import BaseModel, Field

from eegmill.config.allowed import allowed_values, unit_of
from eegmill.config.text import configuration_table, steps_text
from eegmill.steps import STEPS


class Inner(BaseModel):
    a: int = 1
    b: str = ""


class Example(BaseModel):
    share: float = Field(default=0.5, ge=0, lt=1)
    count: int | None = Field(default=None, ge=1)
    seed: int = Field(default=0, lt=2**31)
    pair: tuple[float | None, float | None] = (None, 7.0)
    names: list[str] = []
    inner: Inner | None = None
    on: bool = True


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("share", "number ≥ 0, < 1"),
        ("count", "whole number ≥ 1 or `null`"),
        ("seed", "whole number < 2147483648"),
        ("pair", "[number or `null`, number or `null`]"),
        ("names", "list of text"),
        ("inner", "keys `a`, `b` or `null`"),
        ("on", "`true`, `false`"),
    ],
)
def test_a_type_is_told_in_words(name: str, words: str) -> None:
    assert allowed_values(Example)[name] == words


def test_choices_are_listed() -> None:
    assert allowed_values(STEPS["bad_channels"])["method"] == "`clean_rawdata`, `clean_rawdata_nolocs`, `prep`"


@pytest.mark.parametrize(
    ("name", "unit"), [("window_s", "s"), ("cutoff_hz", "Hz"), ("s", ""), ("hz", ""), ("seed", "")]
)
def test_a_unit_ends_a_name(name: str, unit: str) -> None:
    assert unit_of(name) == unit


@pytest.mark.parametrize("text", [configuration_table(), steps_text()], ids=["keys", "steps"])
def test_every_row_of_the_page_has_all_cells(text: str) -> None:
    rows = [row.replace("\\|", "")[1:-1].split("|") for row in text.splitlines() if row.startswith("| `")]
    assert rows
    assert [row for row in rows if len(row) != 5 or not all(cell.strip() for cell in row)] == []
