"""Which connection gives way, and when one is closed."""

from __future__ import annotations

import ipaddress
from dataclasses import replace

import pytest

from eegmill.catalog.server.connections import OWN_FILES, TURNS, Connections, Held, Room, room
from eegmill.catalog.server.settings import Settings


class Line:
    """A connection whose other end notes what becomes of it."""

    def __init__(self, address: str = "203.0.113.7", waiting_since_s: float | None = 0.0) -> None:
        self.closed = False
        self.unsent = 0
        self.held = Held(address, self.close, lambda: self.unsent, waiting_since_s)

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def connections() -> Connections:
    return Connections(max_connections=3, max_per_address=2, waiting_s=10, stuck_s=20)


def admitted(connections: Connections, *lines: Line) -> list[bool]:
    return [connections.admit(line.held) for line in lines]


def test_the_one_that_waits_longest_gives_way_to_a_new_one(connections: Connections) -> None:
    lines = [Line(f"203.0.113.{n}", waiting_since_s=10.0 - n) for n in range(4)]
    assert admitted(connections, *lines) == [True] * 4
    assert [line.closed for line in lines] == [False, False, True, False]
    assert len(connections) == 3


def test_connections_at_work_give_way_to_nobody(connections: Connections) -> None:
    lines = [Line(f"203.0.113.{n}", waiting_since_s=None) for n in range(4)]
    assert admitted(connections, *lines) == [True, True, True, False]
    assert not any(line.closed for line in lines)


def test_one_address_takes_no_room_of_others(connections: Connections) -> None:
    other, *mine = Line("198.51.100.1"), Line(waiting_since_s=1.0), Line(waiting_since_s=2.0), Line(waiting_since_s=3.0)
    assert admitted(connections, other, *mine) == [True] * 4
    assert [line.closed for line in (other, *mine)] == [False, True, False, False]


def test_a_trusted_proxy_has_no_limit_of_its_own(connections: Connections) -> None:
    trusting = replace(connections, unlimited=(ipaddress.ip_network("203.0.113.0/24"),))
    lines = [Line(waiting_since_s=None) for _ in range(3)]
    assert admitted(trusting, *lines) == [True] * 3


def test_a_connection_that_ended_makes_room(connections: Connections) -> None:
    lines = [Line(waiting_since_s=None) for _ in range(3)]
    admitted(connections, *lines[:2])
    connections.forget(lines[0].held)
    connections.forget(lines[0].held)
    assert (connections.admit(lines[2].held), len(connections)) == (True, 2)


def test_a_request_that_does_not_come_is_given_up(connections: Connections) -> None:
    late, at_work = Line(waiting_since_s=0.0), Line(waiting_since_s=None)
    admitted(connections, late, at_work)
    connections.close_late_ones(9.0)
    assert not late.closed
    connections.close_late_ones(11.0)
    assert (late.closed, at_work.closed) == (True, False)


def test_a_reply_that_is_not_fetched_is_given_up(connections: Connections) -> None:
    stuck, slow = Line(waiting_since_s=None), Line(waiting_since_s=None)
    admitted(connections, stuck, slow)
    for now_s in range(0, 30, 5):
        stuck.unsent, slow.unsent = 1000, 1000 - now_s
        connections.close_late_ones(float(now_s))
    assert (stuck.closed, slow.closed) == (True, False)


def test_fewer_connections_are_let_in_where_fewer_files_may_be_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("resource.getrlimit", lambda _: (256, 256))
    monkeypatch.setattr("resource.setrlimit", lambda *_: pytest.fail("the limit is as high as it may be"))
    small = room(Settings())
    assert small == Room(max_connections=80, at_once=19)
    assert small.max_connections + TURNS * small.at_once <= 256 - OWN_FILES
