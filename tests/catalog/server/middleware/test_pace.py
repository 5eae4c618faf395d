"""Writers that give way to readers."""

from __future__ import annotations

from eegmill.catalog.server.middleware.pace import LONGEST_REST_S, REST, Pace


def work() -> None:
    """Take some time."""
    sum(range(200_000))


def test_a_writer_does_not_rest_while_nobody_reads() -> None:
    rests: list[float] = []
    with Pace(rests.append).giving_way():
        work()
    assert rests == []


def test_a_writer_rests_in_proportion_while_somebody_reads() -> None:
    rests: list[float] = []
    pace = Pace(rests.append)
    pace.note_read()
    with pace.giving_way():
        work()
    assert 0 < rests[0] <= LONGEST_REST_S
    assert REST > 1
