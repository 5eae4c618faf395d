"""What jobs write of their progress, and how it is read."""

from __future__ import annotations

from pathlib import Path

from eegmill.live.progress import NOWHERE, Progress, Tail


def test_what_is_told_is_read_once(tmp_path: Path) -> None:
    progress, tail = Progress("a", tmp_path / "file"), Tail(tmp_path / "file")
    progress.tell("step", "clean", step="ica")
    assert [(line.recording, line.step) for line in tail.new()] == [("a", "ica")]
    assert tail.new() == []
    progress.tell("ended", "clean", status="ok", cpu_s=1.5)
    assert [(line.status, line.cpu_s) for line in tail.new()] == [("ok", 1.5)]


def test_half_a_line_is_left_for_the_next_look(tmp_path: Path) -> None:
    file = tmp_path / "file"
    Progress("a", file).tell("stage", "clean")
    whole = file.read_bytes()
    file.write_bytes(whole + whole[:20])
    tail = Tail(file)
    assert len(tail.new()) == 1
    with file.open("ab") as stream:
        stream.write(whole[20:])
    assert len(tail.new()) == 1


def test_lines_of_another_version_are_passed_over(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text('{"event": "dream"}\nno JSON\n')
    Progress("a", file).tell("stage", "clean")
    assert [line.event for line in Tail(file).new()] == ["stage"]


def test_a_file_that_cannot_be_written_ends_no_job(tmp_path: Path) -> None:
    Progress("a", tmp_path / "missing" / "file").tell("stage", "clean")
    NOWHERE.tell("stage", "clean")
    assert list(tmp_path.iterdir()) == []
