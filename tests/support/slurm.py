"""A throw-away Slurm on the loopback address: no systemd, database, accounting or cgroups; ended by process ID."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path

PROGRAMS = ("setpriv", "munged", "slurmctld", "slurmd", "sbatch", "srun", "squeue", "scancel", "sinfo")
SEARCHED = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])
START_S = 180
ANSWER_S = 60
CONFIGURATION = """
ClusterName=local
SlurmctldHost=localhost(127.0.0.1)
SlurmctldPort={port}
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.sock
CredType=cred/munge
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
StateSaveLocation={folder}/state
SlurmctldPidFile={folder}/slurmctld.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdPidFile={folder}/slurmd.%n.pid
SlurmdLogFile={folder}/slurmd.%n.log
SlurmdSpoolDir={folder}/spool.%n
SlurmdParameters=config_overrides
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=1
JobAcctGatherParams=OverMemoryKill
AccountingStorageType=accounting_storage/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
SchedulerParameters=batch_sched_delay=0,sched_interval=2,bf_interval=2
DefMemPerCPU=1000
MinJobAge=300
ReturnToService=2
KillWait=5
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
"""
SACCT = """#!/bin/sh
while [ $# -gt 0 ]; do [ "$1" = --name ] && name=$2; shift; done
exec squeue --noheader --states=all --format='%A|%T' ${name:+--name "$name"}
"""
NODE = "NodeName=n{number} NodeHostname=localhost NodeAddr=127.0.0.1 Port={port} CPUs=2 RealMemory=4000 State=UNKNOWN\n"


def missing_programs() -> list[str]:
    """Programs of Slurm and munge that are not installed."""
    return [name for name in PROGRAMS if shutil.which(name, path=SEARCHED) is None]


@contextmanager
def running_slurm(folder: Path, nodes: int = 2, *, patience_s: int = 300) -> Iterator[dict[str, str]]:
    """The environment in which Slurm's commands reach a cluster of two-CPU nodes, while the block runs.

    Parameters
    ----------
    patience_s
        For so long a node may be silent before it is taken for down.
    """
    folder.mkdir(parents=True)
    (folder / "munge.key").write_bytes(os.urandom(1024))
    (folder / "munge.key").chmod(0o600)
    ports = _free_ports(nodes + 1)
    lines = [NODE.format(number=number, port=ports[number]) for number in range(1, nodes + 1)]
    text = "".join(lines) + CONFIGURATION.format(port=ports[0], user=getpass.getuser(), folder=folder)
    text += f"SlurmdTimeout={patience_s}\n"
    configuration = folder / "slurm.conf"
    configuration.write_text(text, encoding="utf-8")
    _wrap_commands(folder)
    path = os.pathsep.join([str(folder / "bin"), SEARCHED])
    environment = {**os.environ, "PATH": path, "SLURM_CONF": str(configuration)}
    with ExitStack() as daemons:
        start = lambda *command: daemons.enter_context(_daemon(folder, environment, *command))  # noqa: E731 - short
        munge = ["--foreground", "--force", f"--socket={folder}/munge.sock", f"--key-file={folder}/munge.key"]
        munge += [f"--{kind}-file={folder}/munge.{kind}" for kind in ("seed", "pid", "log")]
        start("munged", *munge)
        _wait_until((folder / "munge.sock").exists, "munged")
        start("slurmctld", "-D", "-i", "-f", str(configuration))
        for number in range(1, nodes + 1):
            start("slurmd", "-D", "-N", f"n{number}", "-f", str(configuration))
        _wait_until(lambda: _idle_nodes(environment) == nodes, "slurmd")
        try:
            yield environment
        finally:
            _asked(environment, "scancel", "--user", getpass.getuser())
            _wait_until(lambda: not _asked(environment, "squeue", "--noheader"), "the end of all jobs")


def _wrap_commands(folder: Path) -> None:
    """Snakemake's plugin strips SLURM_CONF from jobs: the commands bring it along."""
    (folder / "bin").mkdir()
    for name in ("sbatch", "srun", "squeue", "scancel", "scontrol", "sinfo", "sacct", "sacctmgr"):
        found = shutil.which(name, path=SEARCHED)
        if found:
            script = folder / "bin" / name
            script.write_text(f'#!/bin/sh\nSLURM_CONF="{folder}/slurm.conf" exec {found} "$@"\n', encoding="utf-8")
            script.chmod(0o755)


def with_accounting(environment: dict[str, str], folder: Path) -> dict[str, str]:
    """The same cluster for a workflow that asks ``sacct``: it answers what Slurm still knows."""
    folder.mkdir()
    script = folder / "sacct"
    script.write_text(SACCT, encoding="utf-8")
    script.chmod(0o755)
    return {**environment, "PATH": os.pathsep.join([str(folder), environment["PATH"]])}


@contextmanager
def _daemon(folder: Path, environment: dict[str, str], *command: str) -> Iterator[None]:
    """A daemon while the block runs; it ends with this process as well, should that be killed."""
    with (folder / f"{command[0]}.out").open("ab") as output:
        process = subprocess.Popen(
            ("setpriv", "--pdeathsig", "TERM", *command),
            env=environment,
            stdout=output,
            stderr=output,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _asked(environment: dict[str, str], *command: str) -> str:
    """What a command of Slurm says; nothing where it takes too long."""
    with suppress(subprocess.TimeoutExpired):
        found = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=ANSWER_S)
        return found.stdout
    return ""


def _idle_nodes(environment: dict[str, str]) -> int:
    return _asked(environment, "sinfo", "--noheader", "--Node", "--format=%T").split().count("idle")


def _free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        sockets = [stack.enter_context(closing(socket.socket())) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


def _wait_until(reached: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + START_S
    while not reached():
        if time.monotonic() > deadline:
            msg = f"{what} did not come about within {START_S} s"
            raise TimeoutError(msg)
        time.sleep(0.2)
