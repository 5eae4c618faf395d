"""What a closed terminal does to a process, and to what it has started."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from eegmill.workflow.in_use import INTERRUPTED, was_hung_up, was_interrupted
from eegmill.workflow.supervision import HUNG_UP, read_failure

pytestmark = pytest.mark.usefixtures("hangups_are_heard")

HEEDS = (
    "import os, subprocess, sys, time\n"
    "from pathlib import Path\n"
    "from eegmill.hangup import end_as_by_ctrl_c\n"
    "end_as_by_ctrl_c()\n"
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
    "Path('begun').touch()\n"
    "try:\n"
    "    time.sleep(60)\n"
    "except KeyboardInterrupt:\n"
    "    print('told to nobody', flush=True)\n"
    "    Path('ended').write_text(str(child.wait(30)))\n"
)
JOB = (
    "import sys, time\n"
    "from pathlib import Path\n"
    "from eegmill.workflow.supervision import Supervision, supervised\n"
    "def job(begin): Path('begun').touch(); time.sleep(float(sys.argv[1]))\n"
    "sys.exit(supervised(job, Supervision('clean', Path('failure.json'))))\n"
)
NOTES = (
    "import time\n"
    "from pathlib import Path\n"
    "from eegmill.workflow.in_use import note_interrupts\n"
    "Path('work').mkdir()\n"
    "note_interrupts(Path())\n"
    "Path('begun').touch(); time.sleep(60)\n"
)


def wait_for(path: Path) -> None:
    deadline = time.monotonic() + 60
    while not path.exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def started(folder: Path, program: str, *words: str, by: tuple[str, ...] = ()) -> subprocess.Popen[bytes]:
    command = [*by, sys.executable, "-c", program, *words]
    process = subprocess.Popen(command, cwd=folder, start_new_session=True, stdin=subprocess.DEVNULL, stderr=-3)
    wait_for(folder / "begun")
    return process


def test_a_closed_terminal_ends_a_process_as_ctrl_c_does_and_what_it_started(tmp_path: Path) -> None:
    process, terminal = pty.fork()
    if process == 0:
        os.chdir(tmp_path)
        os.execv(sys.executable, [sys.executable, "-c", HEEDS])
    wait_for(tmp_path / "begun")
    os.close(terminal)
    _, status = os.waitpid(process, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    assert (tmp_path / "ended").read_text() == str(-signal.SIGHUP)


def test_a_job_whose_terminal_is_closed_says_so(tmp_path: Path) -> None:
    process = started(tmp_path, JOB, "60")
    process.send_signal(signal.SIGHUP)
    assert process.wait(30) == 1
    failure = read_failure(tmp_path / "failure.json")
    assert failure is not None
    assert (failure.reason, failure.cause) == (HUNG_UP, "cancelled")


def test_who_keeps_what_was_said_reads_why_it_ended() -> None:
    program = "from eegmill.hangup import *; end_as_by_ctrl_c(); os.kill(os.getpid(), signal.SIGHUP)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert "eegmill: was ended with its terminal" in done.stderr
    assert "KeyboardInterrupt" in done.stderr


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGINT])
def test_a_run_leaves_a_mark_of_what_ended_it(tmp_path: Path, number: signal.Signals) -> None:
    process = started(tmp_path, NOTES)
    process.send_signal(number)
    process.wait(30)
    assert was_interrupted(tmp_path)
    assert was_hung_up(tmp_path) == (number == signal.SIGHUP)


def test_a_job_that_nohup_started_goes_on_without_a_terminal(tmp_path: Path) -> None:
    process = started(tmp_path, JOB, "1", by=("nohup",))
    os.killpg(process.pid, signal.SIGHUP)
    assert process.wait(30) == 0
    assert not (tmp_path / "failure.json").exists()


def test_a_run_that_nohup_started_goes_on_without_a_terminal(tmp_path: Path) -> None:
    process = started(tmp_path, NOTES.replace("sleep(60)", "sleep(1)"), by=("nohup",))
    os.killpg(process.pid, signal.SIGHUP)
    assert process.wait(30) == 0
    assert not (tmp_path / "work" / INTERRUPTED).exists()


@pytest.mark.parametrize("words", [["--version"], ["clean", "none.edf"]])
def test_the_command_line_keeps_to_what_it_was_started_with(words: list[str]) -> None:
    told = "import signal, sys, eegmill.__main__ as m\ntry: m.main()\nexcept SystemExit: pass\n"
    program = f"import sys; sys.argv = ['eegmill', *{words!r}]\n{told}print(signal.getsignal(signal.SIGHUP).__class__)"
    for before, after in ((), "function"), (("nohup",), "Handlers"):
        done = subprocess.run([*before, sys.executable, "-c", program], capture_output=True, text=True, check=True)
        assert after in done.stdout
