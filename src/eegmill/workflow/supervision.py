"""Runs a job in a child process, so that even a segmentation fault ends as a recorded failure of one recording."""

from __future__ import annotations

import os
import resource
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ..errors import EegmillError
from ..files.atomic import write_text
from ..files.os_errors import explain
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
CANCELLED = "was cancelled: run the same command again to go on"
ENDING = frozenset({signal.SIGTERM, signal.SIGINT})
"""Signals that ask a job to end."""

UNLIMITED = Allotment()
Begin = Callable[[str], None]
"""Called by a job with the name of each stage as it begins."""
Cause = Literal["work", "memory", "time", "cancelled", "node", "network", "crash"]
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


def supervised(job: Callable[[Begin], None], watch: Supervision) -> int:
    """Run ``job`` in a forked child; the exit code, and a Failure where it failed.

    The fork happens before numpy or anything with threads is imported, so the child starts clean and costs nothing.
    What failed in an attempt before, for a reason that does not pass, is not tried again.
    """
    former = read_failure(watch.record) if watch.allotment.attempt > 1 else None
    if former is not None and not former.may_pass:
        print(f"eegmill {former.stage}: not tried again: {former.reason}", file=sys.stderr)  # noqa: T201 - the log
        return 1
    watch.record.unlink(missing_ok=True)
    sys.stdout.flush()
    sys.stderr.flush()
    receiver, sender = os.pipe()
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)  # until somebody is there to hand them on
    child = os.fork()
    if child == 0:
        os.close(receiver)
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)
        os._exit(_in_child(job, watch, sender))
    os.close(sender)
    received = _pass_signals_on(child)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    failure = _ended(code, received, watch, stage=_last_begun(receiver))
    if failure is not None:
        _fail(failure, watch.record)
    os.close(receiver)
    return 0 if code == 0 else 1


def read_failure(record: Path) -> Failure | None:
    """The failure that a job left behind, if it failed."""
    return Failure.model_validate_json(record.read_bytes()) if record.is_file() else None


def _pass_signals_on(child: int) -> list[int]:
    """Hand requests to end to the child; those that came."""
    received: list[int] = []

    def hand_on(number: int, _: object) -> None:
        received.append(number)
        with suppress(ProcessLookupError):  # whoever signals all processes at once has ended the child already
            os.kill(child, number)

    for number in ENDING:
        signal.signal(number, hand_on)
    return received


def _ended(code: int, received: Sequence[int], watch: Supervision, *, stage: str) -> Failure | None:
    """Why a child ended that could not say so itself."""
    if code < 0 and -code in ENDING:
        if signal.SIGTERM in (-code, *received) and _is_out_of_time(watch.allotment):
            return watch.failure(watch.allotment.out_of_time, "time", stage=stage)
        by_user = signal.SIGTERM not in (-code, *received)
        return watch.failure(INTERRUPTED if by_user else CANCELLED, "cancelled", stage=stage)
    if -code == signal.SIGKILL:
        peak_kb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        return watch.failure(watch.allotment.out_of_memory(peak_kb // 1000), "memory", stage=stage)
    if code < 0:
        reason = CRASHES.get(signal.Signals(-code), f"ended by signal {signal.Signals(-code).name}")
        return watch.failure(reason, "crash", stage=stage)
    return None


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


def _in_child(job: Callable[[Begin], None], watch: Supervision, sender: int) -> int:
    begun = [watch.stage]

    def begin(stage: str) -> None:
        begun.append(stage)
        os.write(sender, f"{stage}\n".encode())

    try:
        job(begin)
    except Exception as error:  # the edge: whatever it was ends this recording alone, and is told
        reason, cause = told(error, [*watch.folders, Path(tempfile.gettempdir())])
        _fail(watch.failure(reason, cause, stage=begun[-1]), watch.record)
    else:
        sys.stdout.flush()
        return 0
    sys.stdout.flush()
    sys.stderr.flush()
    return 1


def told(error: Exception, folders: Sequence[Path]) -> tuple[str, Cause]:
    """What ended a job, in words; the traceback of an error that nobody foresaw is printed."""
    if isinstance(error, EegmillError):
        return str(error), "network" if error.may_pass else "work"
    if isinstance(error, MemoryError):
        return "the memory ran out: give the job more 'mem_mb', or take a shorter recording", "memory"
    if isinstance(error, OSError) and (reason := explain(error, folders=folders)):
        return reason, "work"
    traceback.print_exc()
    return f"unexpected error, please report it: {' '.join(f'{type(error).__name__}: {error}'.split())}", "work"


def _last_begun(receiver: int) -> str:
    return os.read(receiver, 4096).decode().rstrip("\n").rpartition("\n")[2]


def _fail(failure: Failure, record: Path) -> None:
    """Write a failure down, and then into the log, which may be closed or on the disk that is full."""
    line = f"eegmill {failure.stage}: {failure.reason}"
    try:
        record.parent.mkdir(parents=True, exist_ok=True)
        write_text(record, failure.model_dump_json() + "\n")
    except OSError as error:  # the log has the reason, and a job without receipt is not taken for done
        line += f"\neegmill: its reason is not on record: {explain(error) or error}"
    with suppress(OSError):
        print(line, file=sys.stderr, flush=True)  # noqa: T201 - the log of the job
