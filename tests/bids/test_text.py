from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from eegmill.bids.text import decoded


@given(st.text().filter(lambda text: not text.startswith("\ufeff")))
def test_utf_8_is_read_as_such(text):
    assert decoded(text.encode()) == (text, "UTF-8")


@given(st.binary())
def test_any_bytes_are_read(content):
    assert isinstance(decoded(content)[0], str)


def test_what_excel_writes_is_read_by_its_mark():
    assert decoded("name\tµ".encode("utf-16")) == ("name\tµ", "UTF-16")
