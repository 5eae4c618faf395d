"""Runs a job in a child process, so that even a segmentation fault ends as a recorded failure of one recording."""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

from ..errors import EegmillError
from ..files.atomic import write_text
from ..models import Frozen

CAUSES = {
    signal.SIGKILL: "killed by the system: most often the memory ran out",
    signal.SIGSEGV: "crashed in a native library (segmentation fault): most often a damaged or unsupported file",
    signal.SIGABRT: "aborted in a native library: most often a damaged or unsupported file",
    signal.SIGBUS: "crashed in a native library (bus error): most often a truncated file or a full disk",
}
Begin = Callable[[str], None]
"""Called by a job with the name of each stage as it begins."""


class Failure(Frozen):
    """Why a job did not finish."""

    stage: str
    reason: str
    recipe: str = ""
    """Whose derivative it was to make; empty where all recipes share it."""


def supervised(job: Callable[[Begin], None], *, stage: str, record: Path, recipe: str = "") -> int:
    """Run ``job`` in a forked child; the exit code, and ``record`` (a Failure as JSON) where it failed.

    The fork happens before numpy or anything with threads is imported, so the child starts clean and costs nothing.
    """
    record.unlink(missing_ok=True)
    sys.stdout.flush()
    sys.stderr.flush()
    receiver, sender = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(receiver)
        os._exit(_in_child(job, Failure(stage=stage, reason="", recipe=recipe), record, sender))
    os.close(sender)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda received, _: os.kill(child, received))
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    if code < 0 and -code not in (signal.SIGTERM, signal.SIGINT):
        reason = CAUSES.get(signal.Signals(-code), f"ended by signal {signal.Signals(-code).name}")
        _fail(Failure(stage=_last_begun(receiver) or stage, reason=reason, recipe=recipe), record)
    os.close(receiver)
    return 0 if code == 0 else 1


def read_failure(record: Path) -> Failure | None:
    """The failure that a job left behind, if it failed."""
    return Failure.model_validate_json(record.read_bytes()) if record.is_file() else None


def _in_child(job: Callable[[Begin], None], failure: Failure, record: Path, sender: int) -> int:
    begun = [failure.stage]

    def begin(stage: str) -> None:
        begun.append(stage)
        os.write(sender, f"{stage}\n".encode())

    def fail(reason: str) -> None:
        _fail(failure.model_copy(update={"stage": begun[-1], "reason": reason}), record)

    try:
        job(begin)
    except EegmillError as error:
        fail(str(error))
    except MemoryError:
        fail("the memory ran out")
    except Exception as error:  # the edge: whatever it was ends this recording alone, and is told
        traceback.print_exc()
        text = " ".join(f"{type(error).__name__}: {error}".split())
        fail(f"unexpected error, please report it: {text}")
    else:
        sys.stdout.flush()
        return 0
    sys.stdout.flush()
    sys.stderr.flush()
    return 1


def _last_begun(receiver: int) -> str:
    return os.read(receiver, 4096).decode().rstrip("\n").rpartition("\n")[2]


def _fail(failure: Failure, record: Path) -> None:
    print(f"eegmill {failure.stage}: {failure.reason}", file=sys.stderr)  # noqa: T201 - the log of the job
    record.parent.mkdir(parents=True, exist_ok=True)
    write_text(record, failure.model_dump_json() + "\n")
