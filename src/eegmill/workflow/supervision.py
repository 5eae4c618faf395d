"""Runs jobs in child processes, so that even a segmentation fault ends as a recorded failure of one recording."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from ..errors import EegmillError
from ..files.atomic import write_text
from ..files.os_errors import GONE_AWAY, NO_MEMORY, explain, gone, out_of_memory, temporary_folders
from ..hangup import is_heeded
from ..live.progress import NOWHERE, Progress
from ..models import Frozen
from .resources import Allotment

CRASHES = {
    signal.SIGSEGV: "crashed in a native library (segmentation fault): most often a damaged or unsupported file",
    signal.SIGABRT: "aborted in a native library: most often a damaged or unsupported file",
    signal.SIGBUS: "crashed in a native library (bus error): most often a truncated file or a full disk",
}
SCHEDULERS = ("SLURM_JOB_ID", "PBS_JOBID", "LSB_JOBID", "JOB_ID", "_CONDOR_SCRATCH_DIR")
"""Variables that batch systems set in their jobs."""
STARTING_S = 120.0
"""At most so much of a job's time is spent before its supervision begins."""

INTERRUPTED = "was interrupted by the user (Ctrl-C): run the same command again to go on"
HUNG_UP = "was ended with its terminal, which was closed or lost: run the same command again to go on"
"""In the background it outlives that: ``nohup eegmill run … &``."""
ENDING = frozenset({signal.SIGTERM, signal.SIGINT, signal.SIGHUP})
"""Signals that ask a job to end, the last unless it is ignored."""

UNLIMITED = Allotment()


class Begin(Protocol):
    """Called by a job as it begins a stage, and a step of it."""

    def __call__(self, stage: str, step: str = "") -> None:
        """Take note of it."""


Cause = Literal["work", "memory", "time", "cancelled", "node", "network", "crash"]
CANCELLED = "was cancelled: run the same command again to go on"
PASSING = {"memory", "time", "cancelled", "node", "network"}
"""Causes that another attempt, with more memory and time, may not meet."""


class Failure(Frozen):
    """Why a job did not finish."""

    stage: str
    reason: str
    recipe: str = ""
    """Whose derivative it was to make; empty where all recipes share it."""
    cause: Cause = "work"
    """``work``: the input, the settings, a disk, or a fault of eegmill: the same again would end the same way."""

    @property
    def may_pass(self) -> bool:
        """Whether another attempt is worth its while."""
        return self.cause in PASSING


@dataclass(frozen=True)
class Supervision:
    """How a job is watched."""

    stage: str
    record: Path
    """Where its Failure is written, as JSON."""
    recipe: str = ""
    """Whose derivative it makes; empty where all recipes share it."""
    allotment: Allotment = UNLIMITED
    folders: Sequence[Path] = ()
    """Where it writes, beside the temporary folder."""

    def failure(self, reason: str, cause: Cause = "work", *, stage: str = "") -> Failure:
        """A failure of this job."""
        return Failure(stage=stage or self.stage, reason=reason, recipe=self.recipe, cause=cause)


@dataclass(frozen=True)
class Piece:
    """A job, and how it is watched."""

    job: Callable[[Begin], None]
    watch: Supervision
    name: str = ""
    """Of the recording, where it is one of several."""
    log: Path | None = None
    """Where it writes what it has to say; None: where this process does."""
    progress: Progress = NOWHERE
    """Where it is told how far it is."""
    result: Callable[[], tuple[str, str]] = lambda: ("ok", "")
    """The status of what it made, and a sentence on it, for its progress."""


@dataclass(frozen=True)
class Child:
    """The process of a job, while it runs."""

    piece: Piece
    receiver: int
    """The end of a pipe on which it tells of each stage that it begins."""
    began_s: float
    """On the monotonic clock."""


def supervised(job: Callable[[Begin], None], watch: Supervision) -> int:
    """Run ``job`` in a forked child; the exit code, and a Failure where it failed."""
    return 1 if supervised_all([Piece(job, watch)]) else 0


def supervised_all(pieces: Sequence[Piece], *, side_by_side: int = 1) -> list[Failure]:
    """Run each piece in a forked child of its own, and so many at once; the failures, each of which is written down.

    The forks happen before anything with threads is loaded, so a child starts clean and costs nothing; whatever this
    process has imported, its children have. What failed in an attempt before, for a reason that does not pass, is not
    tried again. Asked to end, this process ends its children and starts no more. If it dies, they die.
    """
    failures, waiting = _not_again(pieces)
    running: dict[int, Child] = {}
    alive = os.pipe()  # the system closes the end that this process holds, however it ends
    received = _pass_signals_on(running)
    while waiting or running:
        while waiting and len(running) < side_by_side and _begin(waiting[0], running, received, alive):
            del waiting[0]
        if not running:
            break
        failures += _end_of_one(running, received)
    for end in alive:
        os.close(end)
    return failures + [piece.watch.failure(CANCELLED, "cancelled") for piece in waiting]


def _not_again(pieces: Sequence[Piece]) -> tuple[list[Failure], list[Piece]]:
    """Failures of an attempt before that another would end with as well; the pieces that are left."""
    failures, left = [], []
    for piece in pieces:
        former = read_failure(piece.watch.record) if piece.watch.allotment.attempt > 1 else None
        if former is None or former.may_pass:
            left.append(piece)
        else:
            failures.append(former)
            _say(f"eegmill {former.stage}: {_of(piece)}not tried again: {former.reason}")
    return failures, left


def _begin(piece: Piece, running: dict[int, Child], received: Sequence[int], alive: tuple[int, int]) -> bool:
    """Fork a child for a piece; False where this process was asked to end.

    Signals wait meanwhile: one that came between the look at ``received`` and the fork would not reach the child.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
    try:
        if received or signal.sigpending() & ENDING:
            return False
        piece.watch.record.unlink(missing_ok=True)
        sys.stdout.flush()
        sys.stderr.flush()
        receiver, sender = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(receiver)
            os._exit(_in_child(piece, sender, alive))
        os.close(sender)
        running[child] = Child(piece, receiver, time.monotonic())
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)
    return True


def _end_of_one(running: dict[int, Child], received: Sequence[int]) -> list[Failure]:
    """Wait until one child ends; its failure, if it failed."""
    number, status, usage = os.wait4(-1, 0)
    child = running.pop(number, None)
    if child is None:
        return []
    failure = _failure(child, os.waitstatus_to_exitcode(status), received, peak_kb=usage.ru_maxrss)
    os.close(child.receiver)
    _tell_end(child, failure, cpu_s=usage.ru_utime + usage.ru_stime)
    return [failure] if failure is not None else []


def _failure(child: Child, code: int, received: Sequence[int], *, peak_kb: int) -> Failure | None:
    """Why a child failed, if it did; written down and said."""
    watch = child.piece.watch
    failure = _ended(code, received, watch, stage=_last_begun(child.receiver), peak_kb=peak_kb)
    if failure is not None:
        _fail(failure, child.piece)
        return failure
    if code == 0:
        return None
    failure = read_failure(watch.record) or watch.failure(_unsaid(watch))
    if child.piece.log is not None:
        _say(_line(failure, child.piece))
    return failure


def _tell_end(child: Child, failure: Failure | None, *, cpu_s: float) -> None:
    piece, wall_s = child.piece, time.monotonic() - child.began_s
    if failure is None:
        stage, (status, reason) = piece.watch.stage, piece.result()
    else:
        status = "interrupted" if failure.cause == "cancelled" else "failed"
        stage, reason = failure.stage, failure.reason
    piece.progress.tell("ended", stage, status=status, reason=reason, cpu_s=round(cpu_s, 2), wall_s=round(wall_s, 1))


def _unsaid(watch: Supervision) -> str:
    """Why a job failed that could not even write that down: most often the disk is full."""
    return explain(OSError(), folders=watch.folders) or "could write down no reason: see its log"


def read_failure(record: Path) -> Failure | None:
    """The failure that a job left behind, if it failed."""
    return Failure.model_validate_json(record.read_bytes()) if record.is_file() else None


def _pass_signals_on(running: Mapping[int, Child]) -> list[int]:
    """Hand requests to end to the children; those that came."""
    received: list[int] = []

    def hand_on(number: int, _: object) -> None:
        received.append(number)
        for child in list(running):
            with suppress(ProcessLookupError):  # whoever signals all processes at once has ended the child already
                os.kill(child, number)

    for number in _heeded():
        signal.signal(number, hand_on)
    return received


def _heeded() -> frozenset[signal.Signals]:
    """Signals that end this process: what ``nohup`` started goes on without a terminal."""
    return ENDING if is_heeded() else ENDING - {signal.SIGHUP}


def _ended(code: int, received: Sequence[int], watch: Supervision, *, stage: str, peak_kb: int) -> Failure | None:
    """Why a child ended that could not say so itself."""
    if code < 0 and -code in ENDING:
        if signal.SIGTERM in (-code, *received) and _is_out_of_time(watch.allotment):
            return watch.failure(watch.allotment.out_of_time, "time", stage=stage)
        return watch.failure(_request({-code, *received}), "cancelled", stage=stage)
    if -code == signal.SIGKILL:
        return watch.failure(watch.allotment.out_of_memory(peak_kb // 1000), "memory", stage=stage)
    if code < 0:
        reason = CRASHES.get(signal.Signals(-code), f"ended by signal {signal.Signals(-code).name}")
        return watch.failure(reason, "crash", stage=stage)
    return None


def _request(numbers: set[int]) -> str:
    """What asked a job to end, by the signals that came."""
    if signal.SIGTERM in numbers:
        return CANCELLED
    return HUNG_UP if signal.SIGHUP in numbers else INTERRUPTED


def _is_out_of_time(allotment: Allotment) -> bool:
    """Whether a batch system ends the job because its time is over; it says no more than SIGTERM."""
    if not allotment.runtime_min or not any(name in os.environ for name in SCHEDULERS):
        return False
    limit_s = 60.0 * allotment.runtime_min
    return time.monotonic() - _started_s() >= max(limit_s - STARTING_S, limit_s / 4)


def _started_s() -> float:
    """When this process started, on the monotonic clock: the system counts both from its own start."""
    try:
        fields = Path("/proc/self/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return int(fields[19]) / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError):
        return time.monotonic()


def _in_child(piece: Piece, sender: int, alive: tuple[int, int]) -> int:
    for number in _heeded():
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)
    watch, begun = piece.watch, [piece.watch.stage]

    def begin(stage: str, step: str = "") -> None:
        if stage != begun[-1]:
            begun.append(stage)
            os.write(sender, f"{stage}\n".encode())
        piece.progress.tell("step" if step else "stage", stage, step=step)

    try:
        _die_with_parent(alive)
        _say_into(piece.log)
        piece.job(begin)
    except Exception as error:  # the edge: whatever it was ends this recording alone, and is told
        reason, cause = told(error, [*watch.folders, *temporary_folders()])
        _fail(watch.failure(reason, cause, stage=begun[-1]), piece)
    else:
        sys.stdout.flush()
        return 0
    sys.stdout.flush()
    sys.stderr.flush()
    return 1


def _die_with_parent(alive: tuple[int, int]) -> None:
    """End this process when its parent does: a new run must not meet an orphan that still writes."""
    receiver, sender = alive
    os.close(sender)

    def wait() -> None:
        os.read(receiver, 1)
        os.kill(os.getpid(), signal.SIGKILL)

    threading.Thread(target=wait, daemon=True).start()


def _say_into(log: Path | None) -> None:
    if log is None:
        return
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as file:
        for stream in (1, 2):
            os.dup2(file.fileno(), stream)


def told(error: Exception, folders: Sequence[Path]) -> tuple[str, Cause]:
    """What ended a job, in words; the traceback of an error that nobody foresaw is printed."""
    if isinstance(error, EegmillError):
        return str(error), "network" if error.may_pass else "work"
    if out_of_memory(error):
        return NO_MEMORY, "memory"
    if isinstance(error, OSError) and (reason := explain(error, folders=folders)):
        return reason, "network" if error.errno in GONE_AWAY else "work"
    traceback.print_exc()
    if isinstance(error, OSError) and (reason := gone(error)):
        return reason, "network"
    return f"unexpected error, please report it: {' '.join(f'{type(error).__name__}: {error}'.split())}", "work"


def _last_begun(receiver: int) -> str:
    return os.read(receiver, 4096).decode().rstrip("\n").rpartition("\n")[2]


def _fail(failure: Failure, piece: Piece) -> None:
    """Write a failure down, and then into the log, which may be closed or on the disk that is full."""
    line, record = _line(failure, piece), piece.watch.record
    try:
        record.parent.mkdir(parents=True, exist_ok=True)
        write_text(record, failure.model_dump_json() + "\n")
    except OSError as error:  # the log has the reason, and a job without receipt is not taken for done
        line += f"\neegmill: its reason is not on record: {explain(error) or error}"
    _say(line)


def _line(failure: Failure, piece: Piece) -> str:
    return f"eegmill {failure.stage}: {_of(piece)}{failure.reason}"


def _of(piece: Piece) -> str:
    return f"{piece.name}: " if piece.name else ""


def _say(line: str) -> None:
    """Write a line into the log, if that is open."""
    with suppress(OSError):
        print(line, file=sys.stderr, flush=True)  # noqa: T201 - the log of the job
