from __future__ import annotations

import pytest

from eegmill.inputs.limits import Limits
from eegmill.inputs.storage import ranges as module
from eegmill.inputs.storage.faults import Transient
from eegmill.inputs.storage.ranges import steady

LIMITS = Limits(stall_s=10, slowest_bytes_per_s=100)


@pytest.fixture
def clock(monkeypatch):
    """A clock that the chunks move: each takes a second."""
    now = [0.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0])

    def chunks(sizes):
        for size in sizes:
            now[0] += 1
            yield b"x" * size

    return chunks


def test_a_connection_at_the_least_rate_passes(clock):
    assert len(list(steady(clock([100] * 50), LIMITS))) == 50


def test_a_connection_below_it_is_dropped(clock):
    with pytest.raises(Transient, match="990 bytes in 10 s"):
        list(steady(clock([99] * 50), LIMITS))


def test_a_good_beginning_does_not_excuse_a_drip_later(clock):
    with pytest.raises(Transient, match="stalled"):
        list(steady(clock([100_000] * 10 + [1] * 50), LIMITS))
