from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eegmill.errors import RecordingError
from eegmill.files.tables import format_tsv, number, read_tsv

CELLS = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1)


@pytest.fixture
def written(tmp_path):
    def write(content: bytes):
        path = tmp_path / "events.tsv"
        path.write_bytes(content)
        return read_tsv(path)

    return write


@pytest.mark.parametrize(
    "content",
    [
        b"onset\tname\n1\ta\n",
        b"\xef\xbb\xbfonset\tname\n1\ta\n",
        b"onset\tname\r\n1\ta\r\n",
        b"onset\tname\n\n1\ta\n\n",
        b"onset \tname\n 1\ta  \n",
        b"onset\tname\n1\ta\t\n",
    ],
    ids=["plain", "byte-order mark", "CR LF", "blank lines", "blanks around cells", "tab at the end"],
)
def test_a_dirty_table_reads_like_a_clean_one(written, content):
    assert written(content) == [{"onset": "1", "name": "a"}]


def test_a_short_row_is_filled_with_missing_values(written):
    assert written(b"onset\tname\tvalue\n1\n") == [{"onset": "1", "name": "n/a", "value": "n/a"}]


def test_latin_1_is_read_where_utf_8_is_not_valid(written):
    assert written("name\tunits\nFz\tµV\n".encode("latin-1")) == [{"name": "Fz", "units": "µV"}]


def test_a_row_with_a_cell_too_many_is_refused(written):
    with pytest.raises(RecordingError, match=r"'events.tsv' has a row with more cells .* 'x'"):
        written(b"onset\n1\tx\n")


def test_a_quote_is_a_letter_like_any_other(written):
    assert written(b'onset\tname\n1\t"a\n') == [{"onset": "1", "name": '"a'}]


@pytest.mark.parametrize(
    ("cell", "value"),
    [("1,5", 1.5), (" 2 ", 2.0), ("n/a", None), ("NaN", None), ("inf", None), ("x", None), (None, None)],
)
def test_a_number_is_read_or_missing(cell, value):
    assert number(cell) == value


@settings(deadline=None)
@given(st.lists(st.tuples(CELLS, st.floats(allow_nan=False, allow_infinity=False)), max_size=5))
def test_what_is_written_is_read_back(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("tsv") / "table.tsv"
    path.write_bytes(format_tsv(("name", "value"), [{"name": a, "value": b} for a, b in rows]).encode())
    assert [(row["name"], float(row["value"])) for row in read_tsv(path)] == rows


def test_text_with_tabs_and_line_ends_stays_in_its_cell():
    assert format_tsv(("name",), [{"name": "a\tb\nc"}]) == "name\na b c\n"


@given(st.lists(st.text("ab µ'", min_size=1).map(str.strip).filter(bool), min_size=1, max_size=5))
def test_blanks_inside_a_cell_stay_as_they_are(tmp_path_factory, names):
    path = tmp_path_factory.mktemp("tables") / "events.tsv"
    path.write_text(format_tsv(["name"], [{"name": name} for name in names]))
    assert [row["name"] for row in read_tsv(path)] == names


def test_a_tab_or_a_line_end_inside_a_cell_becomes_a_blank():
    assert format_tsv(["a"], [{"a": "x\t y\r\nz"}]) == "a\nx y z\n"
