"""What is known of a run at one moment."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from eegmill.live.board import Board
from eegmill.live.progress import Line
from eegmill.live.standing import Standing
from eegmill.live.words import summary

STEPS = ("highpass", "reference", "ica", "reference")


class Clock:
    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def line(event: str, recording: str = "a", **fields: object) -> Line:
    return Line.model_validate({"event": event, "time": "", "recording": recording, "stage": "clean", **fields})


def standing(recordings: int = 2) -> tuple[Standing, Clock]:
    clock, board = Clock(), Board()
    board.expect("ds1", dict.fromkeys("abcdef"[:recordings], 10.0), STEPS)
    return Standing(board, clock), clock


def test_a_recording_runs_from_its_first_stage_to_its_end() -> None:
    found, _ = standing()
    found.note("ds1", line("stage"))
    assert [one.recording for one in found.running.values()] == ["a"]
    found.note("ds1", line("ended", status="ok"))
    assert not found.running
    assert found.counts == {"ok": 1}


def test_a_step_that_occurs_twice_is_told_by_its_place() -> None:
    found, _ = standing()
    positions = []
    for step in STEPS:
        found.note("ds1", line("step", step=step))
        positions += [one.position for one in found.running.values()]
    assert positions == [1, 2, 3, 4]


def test_a_recording_that_is_tried_again_has_not_ended() -> None:
    found, _ = standing()
    found.note("ds1", line("ended", status="failed"))
    found.note("ds1", line("stage"))
    assert not found.counts


def test_raw_files_that_were_fetched_are_no_result() -> None:
    found, _ = standing()
    found.note("ds1", line("ended", stage="fetch", status="ok"))
    assert not found.counts


def test_an_interrupted_recording_is_neither_done_nor_failed() -> None:
    found, _ = standing()
    found.note("ds1", line("ended", status="interrupted"))
    assert summary(found) == "0 of 2 recordings done"


def test_nothing_is_said_of_the_time_left_before_something_is_done() -> None:
    found, clock = standing()
    found.note("ds1", line("stage"))
    clock.now_s = 5.0
    assert found.left_s() is None


@given(st.integers(1, 5), st.floats(1, 1000))
def test_the_time_left_is_what_the_rest_takes_at_the_speed_so_far(n_done: int, each_s: float) -> None:
    found, clock = standing(6)
    for name in "abcdef"[:n_done]:
        found.note("ds1", line("stage", name))
        clock.now_s += each_s
        found.note("ds1", line("ended", name, status="ok"))
    left_s = found.left_s()
    assert left_s is not None
    assert abs(left_s - (6 - n_done) * each_s) < 1e-6 * each_s
