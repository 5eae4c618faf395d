from __future__ import annotations

import threading
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eegmill.inputs.storage.faults import Transient
from eegmill.inputs.storage.ranges import AHEAD, PIECE_BYTES, exactly, in_ranges


@settings(max_examples=30)
@given(start=st.integers(0, 3 * PIECE_BYTES), length=st.integers(0, 9 * PIECE_BYTES))
def test_pieces_cover_the_range_once_and_in_order(start, length):
    spans = list(in_ranges(lambda first, end: [(first, end)], start, start + length))
    assert [first for first, _ in spans] == [start, *(end for _, end in spans)][: len(spans)]
    assert (spans[-1][1] if spans else start) == start + length
    assert all(0 < end - first <= PIECE_BYTES for first, end in spans)


def test_a_slow_piece_does_not_change_the_order():
    def get(first, end):
        time.sleep(0.02 if first == 0 else 0)
        return [first]

    assert list(in_ranges(get, 0, 3 * PIECE_BYTES)) == [0, PIECE_BYTES, 2 * PIECE_BYTES]


def test_no_more_pieces_are_under_way_than_memory_is_meant_for():
    asked = []
    pieces = in_ranges(lambda first, end: asked.append(first) or [first], 0, 50 * PIECE_BYTES)
    next(pieces)
    pieces.close()
    assert len(asked) <= AHEAD + 1


def test_a_failing_piece_fails_the_transfer_and_ends_its_threads():
    def get(first, end):
        raise ConnectionError("reset")

    with pytest.raises(ConnectionError):
        list(in_ranges(get, 0, 5 * PIECE_BYTES))
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("range")]


def test_a_transfer_that_is_given_up_ends_its_pieces_at_the_next_chunk():
    def endless(first, end):
        while first:
            time.sleep(0.001)
            yield b"x"

    pieces = in_ranges(lambda first, end: endless(first, end) if first else [b"x"], 0, 5 * PIECE_BYTES)
    next(pieces)
    pieces.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("range")]


@pytest.mark.parametrize("chunks", [[], [b"abc"], [b"abc", b"def"]])
def test_a_piece_that_is_shorter_or_longer_than_asked_for_is_an_error(chunks):
    with pytest.raises(Transient, match="from 10 on, not 4"):
        list(exactly(chunks, "https://example.org/a", (10, 14)))
