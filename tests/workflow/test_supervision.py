"""Supervision: whatever a job does, it ends as a recorded outcome."""

from __future__ import annotations

import errno
import faulthandler
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from eegmill.errors import RecordingError, Unavailable
from eegmill.files.atomic import write_bytes
from eegmill.workflow.resources import Allotment
from eegmill.workflow.supervision import (
    SCHEDULERS,
    Begin,
    Failure,
    Piece,
    Supervision,
    read_failure,
    supervised,
    supervised_all,
)


@pytest.fixture(autouse=True)
def own_handlers() -> Iterator[None]:
    kept = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


def refuse(_: Begin) -> None:
    msg = "'sub-01_eeg.edf' is cut off"
    raise RecordingError(msg)


def crash(_: Begin) -> None:
    faulthandler.disable()  # pytest's would print every frame
    os.kill(os.getpid(), signal.SIGSEGV)


def starve(_: Begin) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def stumble(_: Begin) -> None:
    {}["montage"]


def outgrow(_: Begin) -> None:
    raise MemoryError


def call_nobody(_: Begin) -> None:
    msg = "Given up after 4 tries."
    raise Unavailable(msg)


def be_terminated(_: Begin) -> None:
    os.kill(os.getpid(), signal.SIGTERM)


def be_interrupted(_: Begin) -> None:
    os.kill(os.getpid(), signal.SIGINT)


def failure_of(job: Callable[[Begin], None], record: Path, **allotted: int) -> Failure:
    assert supervised(job, Supervision("clean", record, allotment=Allotment(**allotted))) == 1
    failure = read_failure(record)
    assert failure is not None
    return failure


@pytest.mark.parametrize(
    ("job", "words", "cause"),
    [
        (refuse, "'sub-01_eeg.edf' is cut off", "work"),
        (crash, "segmentation fault", "crash"),
        (starve, "the memory ran out", "memory"),
        (outgrow, "the memory ran out", "memory"),
        (call_nobody, "Given up after 4 tries.", "network"),
        (be_terminated, "was cancelled", "cancelled"),
        (be_interrupted, "was interrupted by the user", "cancelled"),
        (stumble, "unexpected error, please report it: KeyError", "work"),
    ],
)
def test_a_job_that_ends_badly_leaves_its_reason(
    tmp_path: Path, job: Callable[[Begin], None], words: str, cause: str
) -> None:
    failure = failure_of(job, tmp_path / "deep" / "failure.json")
    assert failure.stage == "clean"
    assert words in failure.reason
    assert failure.cause == cause


def test_what_runs_out_of_time_in_a_batch_job_is_not_told_as_cancelled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLURM_JOB_ID", "7")
    monkeypatch.setattr("eegmill.workflow.supervision._started_s", lambda: -3600.0)
    failure = failure_of(be_terminated, tmp_path / "failure.json", runtime_min=30)
    assert (failure.cause, failure.may_pass) == ("time", True)
    assert "it had 30 min" in failure.reason


def test_a_batch_job_that_ends_long_before_its_limit_was_cancelled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLURM_JOB_ID", "7")
    assert failure_of(be_terminated, tmp_path / "failure.json", runtime_min=10**6).cause == "cancelled"


def test_without_a_batch_system_no_limit_of_time_is_blamed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SCHEDULERS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("eegmill.workflow.supervision._started_s", lambda: -3600.0)
    assert failure_of(be_terminated, tmp_path / "failure.json", runtime_min=30).cause == "cancelled"


def test_killed_for_memory_tells_the_peak_and_what_was_asked_for(tmp_path: Path) -> None:
    assert " of 900 MB that it asked for" in failure_of(starve, tmp_path / "failure.json", mem_mb=900).reason


@pytest.mark.parametrize(("job", "runs"), [(refuse, 1), (stumble, 1), (crash, 1), (starve, 3), (call_nobody, 3)])
def test_only_what_can_pass_is_tried_again(tmp_path: Path, job: Callable[[Begin], None], runs: int) -> None:
    def counted(begin: Begin) -> None:
        with (tmp_path / "runs").open("a") as file:
            file.write("x")
        job(begin)

    for attempt in (1, 2, 3):
        failure_of(counted, tmp_path / "failure.json", attempt=attempt)
    assert len((tmp_path / "runs").read_text()) == runs


def test_the_first_attempt_of_a_new_run_tries_what_failed_before(tmp_path: Path) -> None:
    record = tmp_path / "failure.json"
    failure_of(refuse, record)
    assert supervised(lambda _: None, Supervision("clean", record)) == 0


def test_a_job_that_ends_well_removes_an_old_failure(tmp_path: Path) -> None:
    record = tmp_path / "failure.json"
    supervised(refuse, Supervision("clean", record))
    assert supervised(lambda _: None, Supervision("clean", record)) == 0
    assert read_failure(record) is None


def test_a_message_meant_for_users_has_no_traceback(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    supervised(refuse, Supervision("clean", tmp_path / "failure.json"))
    assert capfd.readouterr().err == "eegmill clean: 'sub-01_eeg.edf' is cut off\n"


def crash_late(begin: Begin) -> None:
    begin("clean")
    begin("report")
    crash(begin)


def test_a_crash_is_told_with_the_stage_that_had_begun(tmp_path: Path) -> None:
    assert failure_of(crash_late, tmp_path / "failure.json").stage == "report"


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", disk], capture_output=True).returncode:
        pytest.skip("this user may mount nothing")
    try:
        yield disk
    finally:
        subprocess.run(["umount", disk], check=True)


def test_a_full_disk_is_told_in_one_sentence_with_the_folder(
    tiny_disk: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    def fill(_: Begin) -> None:
        write_bytes(tiny_disk / "sub-01_eeg.eeg", bytes(3_000_000))

    reason = failure_of(fill, tmp_path / "failure.json").reason
    assert reason.startswith(f"'{tiny_disk}': the disk is full.")
    assert "Traceback" not in capfd.readouterr().err


def test_a_write_that_names_no_cause_is_told_by_the_folder_that_is_full(tiny_disk: Path, tmp_path: Path) -> None:
    def fill(_: Begin) -> None:
        import numpy as np

        np.ones(3_000_000 // 8).tofile(tiny_disk / "sub-01_eeg.eeg")

    watch = Supervision("clean", tmp_path / "failure.json", folders=(tiny_disk,))
    assert supervised(fill, watch) == 1
    failure = read_failure(watch.record)
    assert failure is not None
    assert failure.reason.startswith(f"'{tiny_disk}': the disk is full.")


def test_a_reason_that_finds_no_room_is_still_told(tiny_disk: Path, capfd: pytest.CaptureFixture[str]) -> None:
    def fill(_: Begin) -> None:
        with (tiny_disk / "large").open("wb") as file:
            file.write(bytes(3_000_000))

    watch = Supervision("clean", tiny_disk / "new" / "failure.json", folders=(tiny_disk,))
    assert supervised(fill, watch) == 1
    assert f"eegmill clean: '{tiny_disk}': the disk is full." in capfd.readouterr().err


def test_a_reason_that_cannot_be_written_down_is_that_of_the_full_disk(tiny_disk: Path) -> None:
    def fill(_: Begin) -> None:
        with (tiny_disk / "large").open("wb") as file:
            file.write(bytes(3_000_000))

    watch = Supervision("clean", tiny_disk / "new" / "failure.json", folders=(tiny_disk,))
    (failure,) = supervised_all([Piece(fill, watch)])
    assert failure.reason.startswith(f"'{tiny_disk}': the disk is full.")


def test_a_read_only_folder_is_named(tiny_disk: Path, tmp_path: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", tiny_disk], check=True)

    def write(_: Begin) -> None:
        write_bytes(tiny_disk / "sub-01_eeg.eeg", b"x")

    reason = failure_of(write, tmp_path / "failure.json").reason
    assert reason == f"'{tiny_disk}' is read-only: choose another folder."


def test_what_a_user_may_not_write_is_named(tmp_path: Path) -> None:
    def write(_: Begin) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(tmp_path / "out"))

    reason = failure_of(write, tmp_path / "failure.json").reason
    assert reason.startswith(f"'{tmp_path / 'out'}' may not be written by this user (Permission denied)")


def test_the_reason_is_on_record_though_the_log_was_closed_before(tmp_path: Path) -> None:
    """Batch systems that cancel a job may close its output first."""
    program = (
        "import os, sys, time\n"
        "from pathlib import Path\n"
        "from eegmill.workflow.supervision import Supervision, supervised\n"
        "receiver, sender = os.pipe(); os.dup2(sender, 2); os.close(sender); os.close(receiver)\n"
        f"watch = Supervision('clean', Path({str(tmp_path / 'failure.json')!r}))\n"
        "os._exit(supervised(lambda begin: os.kill(os.getpid(), 15), watch))\n"
    )
    subprocess.run([sys.executable, "-c", program], check=False, timeout=60)
    failure = read_failure(tmp_path / "failure.json")
    assert failure is not None
    assert failure.cause == "cancelled"


def test_a_job_that_is_cancelled_with_its_parent_as_it_begins_says_so(tmp_path: Path) -> None:
    """Batch systems signal all processes of a job at once: the child may be gone before its parent is to end it."""
    program = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from eegmill.workflow.supervision import Supervision, supervised\n"
        "record = Path(sys.argv[1])\n"
        "def job(begin): record.with_suffix('.begun').touch(); time.sleep(60)\n"
        "supervised(job, Supervision('clean', record))\n"
    )
    for attempt in range(3):
        record = tmp_path / f"{attempt}.json"
        command = [sys.executable, "-c", program, str(record)]
        with subprocess.Popen(command, start_new_session=True, stderr=subprocess.DEVNULL) as process:
            while not record.with_suffix(".begun").exists():
                assert process.poll() is None
            os.killpg(process.pid, signal.SIGTERM)
        failure = read_failure(record)
        assert failure is not None
        assert failure.cause == "cancelled"


def pieces(folder: Path, *jobs: Callable[[Begin], None]) -> list[Piece]:
    return [
        Piece(job, Supervision("clean", folder / f"{number}.failure.json"), f"sub-{number}", folder / f"{number}.log")
        for number, job in enumerate(jobs)
    ]


def work(_: Begin) -> None:
    os.write(1, b"all is well\n")


@pytest.mark.parametrize("at_once", [1, 2, 8])
@pytest.mark.parametrize("bad", [refuse, crash, starve, stumble, outgrow])
def test_one_recording_that_ends_badly_concerns_itself_alone(
    tmp_path: Path, bad: Callable[[Begin], None], at_once: int, capfd: pytest.CaptureFixture[str]
) -> None:
    (failure,) = supervised_all(pieces(tmp_path, work, bad, work), side_by_side=at_once)
    assert [path.name for path in tmp_path.glob("*.failure.json")] == ["1.failure.json"]
    assert [(tmp_path / f"{number}.log").read_text() for number in (0, 2)] == ["all is well\n"] * 2
    assert f"eegmill clean: sub-1: {failure.reason}\n" in capfd.readouterr().err


def test_no_more_run_side_by_side_than_are_asked_for(tmp_path: Path) -> None:
    def count(_: Begin) -> None:
        mine = tmp_path / f"{os.getpid()}.running"
        mine.touch()
        time.sleep(0.05)
        assert len(list(tmp_path.glob("*.running"))) <= 3
        mine.unlink()

    assert supervised_all(pieces(tmp_path, *[count] * 9), side_by_side=3) == []


def test_what_is_asked_to_end_ends_all_children_and_starts_no_more(tmp_path: Path) -> None:
    def wait(_: Begin) -> None:
        (tmp_path / f"{os.getpid()}.begun").touch()
        time.sleep(60)

    parent = os.fork()
    if parent == 0:
        failures = supervised_all(pieces(tmp_path, *[wait] * 5), side_by_side=2)
        (tmp_path / "causes").write_text(" ".join(failure.cause for failure in failures))
        os._exit(0)
    until(lambda: len(list(tmp_path.glob("*.begun"))) == 2)
    os.kill(parent, signal.SIGTERM)
    os.waitpid(parent, 0)
    assert (tmp_path / "causes").read_text() == " ".join(["cancelled"] * 5)
    assert len(list(tmp_path.glob("*.begun"))) == len(list(tmp_path.glob("*.failure.json"))) == 2


def test_a_killed_parent_leaves_no_orphan(tmp_path: Path) -> None:
    def wait(_: Begin) -> None:
        (tmp_path / f"{os.getpid()}.begun").touch()
        until(lambda: False, 60)

    parent = os.fork()
    if parent == 0:
        supervised_all(pieces(tmp_path, *[wait] * 3), side_by_side=3)
        os._exit(0)
    until(lambda: len(list(tmp_path.glob("*.begun"))) == 3)
    os.kill(parent, signal.SIGKILL)
    os.waitpid(parent, 0)
    children = [int(path.stem) for path in tmp_path.glob("*.begun")]
    until(lambda: not any(map(is_running, children)))


def is_running(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def until(reached: Callable[[], object], within_s: float = 20) -> None:
    deadline = time.monotonic() + within_s
    while not reached():
        assert time.monotonic() < deadline, "in vain"
        time.sleep(0.01)
