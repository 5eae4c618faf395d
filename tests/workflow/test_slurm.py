"""Runs on a real Slurm, started and stopped here: two nodes of two CPUs, without accounting."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from importlib.util import find_spec
from pathlib import Path

import pytest

from eegmill.files.shipped import shipped_profile, workflow_root
from eegmill.workflow.status import run_status
from eegmill.workflow.supervision import Failure, read_failure
from slurm import missing_programs, running_slurm, with_accounting

pytestmark = [
    pytest.mark.slurm,
    pytest.mark.skipif(bool(missing_programs()), reason="apt-get install slurm-wlm munge"),
    pytest.mark.skipif(find_spec("snakemake_executor_plugin_slurm") is None, reason="pip install eegmill[cluster]"),
]
JOB = """#!/bin/sh
#SBATCH --time=1 --mem=200 --output=/dev/null
exec srun {python} - <<'END'
import os, signal, time
from pathlib import Path
from eegmill.workflow.resources import Allotment
from eegmill.workflow.supervision import Supervision, supervised
watch = Supervision("clean", Path({record!r}), allotment=Allotment(mem_mb=200, runtime_min={runtime_min}))
def job(begin):
    Path({record!r}).with_suffix(".begun").touch()
    {work}
supervised(job, watch)
END
"""


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    with ExitStack() as stack:
        try:
            environment = stack.enter_context(running_slurm(tmp_path_factory.mktemp("slurm") / "cluster"))
        except TimeoutError as error:
            pytest.skip(f"Slurm does not start here: {error}")
        environment["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), environment["PATH"]])
        environment["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
        yield environment


def asked(cluster: dict[str, str], *command: str) -> str:
    return subprocess.run(command, env=cluster, capture_output=True, text=True, check=True).stdout.strip()


def submitted(
    cluster: dict[str, str], folder: Path, *, runtime_min: int = 60, work: str = "time.sleep(600)"
) -> tuple[str, Path]:
    """A supervised job, which sleeps or does other work; its ID, and where its failure will be."""
    record, script = folder / "failure.json", folder / "job.sh"
    script.write_text(JOB.format(python=sys.executable, record=str(record), runtime_min=runtime_min, work=work))
    return asked(cluster, "sbatch", "--parsable", str(script)), record


@pytest.fixture(scope="module", autouse=True)
def sleeper(cluster: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a job writes its failure that sleeps longer than its minute, which is over when the last test looks."""
    return submitted(cluster, tmp_path_factory.mktemp("sleeper"), runtime_min=1)[1]


def told(record: Path, within_s: float = 300) -> Failure:
    wait_until(record.is_file, within_s)
    failure = read_failure(record)
    assert failure is not None
    return failure


def wait_until(reached: Callable[[], object], within_s: float = 300) -> None:
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        with suppress(subprocess.CalledProcessError):  # a Slurm that is busy may not answer
            if reached():
                return
        time.sleep(0.5)
    pytest.fail(f"in vain for {within_s:.0f} s")


def test_a_job_that_somebody_cancels_says_so(cluster: dict[str, str], tmp_path: Path) -> None:
    job, record = submitted(cluster, tmp_path)
    wait_until(record.with_suffix(".begun").exists)
    asked(cluster, "scancel", job)
    assert told(record).cause == "cancelled"


def test_a_job_that_takes_more_memory_than_it_was_given_is_ended_and_does_not_pass_for_done(
    cluster: dict[str, str], tmp_path: Path
) -> None:
    work = "held = b'x' * 600_000_000; time.sleep(600)"
    job, record = submitted(cluster, tmp_path, work=work)
    state = ("squeue", "--noheader", "--states=all", "--format=%T", "--job", job)
    wait_until(lambda: asked(cluster, *state) not in {"PENDING", "RUNNING", "CONFIGURING", "COMPLETING"})
    assert asked(cluster, *state) in {"OUT_OF_MEMORY", "FAILED", "CANCELLED"}
    failure = read_failure(record)  # all processes at once are killed here, so that most often none is left to tell
    assert failure is None or failure.cause == "memory"


@pytest.mark.parametrize(
    ("number", "cause"), [(signal.SIGSEGV, "crash"), (signal.SIGKILL, "memory")], ids=["crashed", "killed"]
)
def test_a_job_that_dies_says_how(cluster: dict[str, str], tmp_path: Path, number: int, cause: str) -> None:
    _, record = submitted(cluster, tmp_path, work=f"os.kill(os.getpid(), {int(number)})")
    assert told(record).cause == cause


def command(profile: str, *further: str) -> list[str]:
    snakefile = str(workflow_root() / "Snakefile")
    words = ["--snakefile", snakefile, "--profile", shipped_profile(profile)]
    return [
        sys.executable,
        "-m",
        "snakemake",
        *words,
        *further,
        "--config",
        "recipe=minimal",
        "select={subject: ['03', '04']}",
    ]


QUICK = ("--slurm-init-seconds-before-status-checks", "2")


@pytest.mark.skipif(
    find_spec("snakemake_executor_plugin_cluster_generic") is None, reason="pip install eegmill[cluster]"
)
def test_the_sample_is_cleaned_on_two_nodes_by_the_commands_of_the_batch_system(
    cluster: dict[str, str], tmp_path: Path
) -> None:
    result = subprocess.run(command("cluster-generic"), cwd=tmp_path, env=cluster, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr[-3000:]
    assert "Trying to restart" not in result.stderr  # a first attempt has all the memory and time that it takes
    assert run_status(tmp_path / "results")[0].counts == {"ok": 2}


def test_the_sample_is_cleaned_where_slurm_has_accounting(cluster: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    environment = with_accounting(cluster, tmp_path / "bin")
    result = subprocess.run(
        command("slurm", *QUICK), cwd=tmp_path / "run", env=environment, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stderr[-3000:]
    assert "Trying to restart" not in result.stderr
    assert run_status(tmp_path / "run" / "results")[0].counts == {"ok": 2}


def test_a_run_that_was_killed_goes_on_by_the_same_command(cluster: dict[str, str], tmp_path: Path) -> None:
    first = subprocess.Popen(
        command("slurm-noaccounting"), cwd=tmp_path, env=cluster, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    jobs = ("squeue", "--noheader", "--states=R", "--format=%j")
    wait_until(lambda: set(asked(cluster, *jobs).split()) - {"job.sh"})
    first.send_signal(signal.SIGKILL)
    first.wait()
    again = command("slurm-noaccounting", *QUICK)
    result = subprocess.run(again, cwd=tmp_path, env=cluster, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr[-3000:]
    assert run_status(tmp_path / "results")[0].counts == {"ok": 2}


def test_a_run_outlives_a_node_that_dies_with_all_its_processes(cluster: dict[str, str], tmp_path: Path) -> None:
    with running_slurm(tmp_path / "cluster", patience_s=15) as alone:
        environment = {**cluster, "SLURM_CONF": alone["SLURM_CONF"]}
        environment["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), alone["PATH"]])
        words = command("slurm-noaccounting", *QUICK)
        log = (tmp_path / "log").open("wb")
        run = subprocess.Popen(words, cwd=tmp_path, env=environment, stdout=log, stderr=log)
        wait_until(lambda: list(tmp_path.glob("results/work/*/clean/*.steps.jsonl")))
        node = asked(environment, "squeue", "--noheader", "--states=R", "--format=%N").split()[0]
        for process in processes_of_node(node, tmp_path):
            os.kill(process, signal.SIGKILL)
        assert run.wait(600) == 0, (tmp_path / "log").read_text()[-3000:]  # Slurm queues it again on the other node
        assert run_status(tmp_path / "results")[0].counts == {"ok": 2}


def processes_of_node(node: str, folder: Path) -> list[int]:
    """The daemon of a node of the cluster below a folder, those that watch its jobs, and the jobs themselves."""
    found = []
    for entry in Path("/proc").iterdir():
        with suppress(OSError):
            if entry.name.isdigit():
                words = (entry / "cmdline").read_bytes().decode(errors="replace").split("\0")
                is_daemon = words[0] == "slurmd" and node in words and str(folder) in " ".join(words)
                in_folder = (entry / "cwd").readlink() == folder and "snakemake" not in words[:3]
                is_job = in_folder and any("eegmill.workflow" in word for word in words)
                steps = words[0].startswith("slurmstepd") and str(folder).encode() in (entry / "environ").read_bytes()
                found += [int(entry.name)] if is_daemon or is_job or steps else []
    return found


def test_a_job_that_slurm_ends_at_its_limit_says_that_the_time_ran_out(sleeper: Path) -> None:
    assert told(sleeper).cause == "time"
