"""Many datasets, a part at a time: planning takes the memory of one part, and what fails in one stops no other."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import ConfigurationError, EegmillError
from ..hangup import is_heeded, on_hangup
from .in_use import hold
from .overview import overview_of
from .plan import Plan
from .resolving import resolve_one
from .standing import check_receipts, is_resolved, is_whole
from .status import run_status, summed_line

MAX_RECORDINGS = 2000
"""Of one part: planning it takes some 10 CPU seconds and 300 MB; waiting for its last jobs is then rare."""
RESOLVED_AT_ONCE = 4
HELD = ".whole-run"
POLL_S = 0.5
MAX_NAMED = 5
"""Datasets that are named where a part begins."""

Command = Callable[[Plan], list[str]]


@dataclass(frozen=True)
class Standing:
    """What a dataset is before a run."""

    recordings: int = 0
    is_whole: bool = False
    notes: tuple[str, ...] = ()
    """On receipts that did not hold."""
    error: str = ""


def shards(sizes: Mapping[str, int], max_recordings: int = MAX_RECORDINGS) -> list[tuple[str, ...]]:
    """Datasets in parts of at most so many recordings, in their order; a larger dataset is a part by itself.

    Examples
    --------
    >>> shards({"a": 3, "b": 4, "c": 9, "d": 1}, max_recordings=8)
    [('a', 'b'), ('c',), ('d',)]
    """
    parts: list[list[str]] = []
    filled = max_recordings + 1
    for dataset, size in sizes.items():
        if filled + size > max_recordings:
            parts.append([])
            filled = 0
        parts[-1].append(dataset)
        filled += size
    return [tuple(part) for part in parts]


def run_in_shards(plan: Plan, command: Command, *, dry_run: bool = False, skip_whole: bool = True) -> int:
    """Run a plan of many datasets part by part; 1 if anything failed, else 0.

    Parameters
    ----------
    command
        What runs a part of the plan.
    skip_whole
        Start nothing for datasets of which all is done.

    Raises
    ------
    ConfigurationError
        If another run holds the output folder.
    """
    output = Path(plan.configuration.output)
    held = None if dry_run else hold(output, HELD)
    try:
        return _Run(plan, command, dry_run=dry_run, skip_whole=skip_whole).to_its_end()
    finally:
        if held is not None:
            held.release()


@dataclass
class _Run:
    plan: Plan
    command: Command
    dry_run: bool
    skip_whole: bool
    errors: dict[str, str] = field(default_factory=dict)
    """Datasets that are left out, each with the reason."""

    def to_its_end(self) -> int:
        with _signals() as received:
            if not self.dry_run:
                self._resolve(received)
            parts = shards(self._sizes())
            failed = [self._run_part(parts, number, received) for number in range(len(parts))]
        if not self.dry_run:
            self._sum_up()
        return 1 if any(failed) or self.errors or received else 0

    def _resolve(self, received: Sequence[int]) -> None:
        """Resolve what has no lock, several at once, since it is waiting for the most part."""
        todo = [dataset for dataset in self.plan.datasets if not is_resolved(self.plan, dataset)]
        if not todo:
            return
        _tell(f"{len(todo)} of {len(self.plan.datasets)} datasets are to be resolved")
        self.plan.to_environment()

        def resolve(dataset: str) -> str:
            return "" if received else resolve_one(self.plan, dataset)

        with ThreadPoolExecutor(RESOLVED_AT_ONCE) as pool:
            for dataset, error in zip(todo, pool.map(resolve, todo), strict=True):
                if error:
                    self._leave_out(dataset, error)

    def _sizes(self) -> dict[str, int]:
        """Recordings of the datasets that there is something to do with."""
        sizes = {}
        for dataset in self.plan.datasets:
            if dataset in self.errors:
                continue
            standing = _in_a_child(self.plan, dataset)
            for note in standing.notes:
                _tell(note)
            if standing.error:
                self._leave_out(dataset, standing.error)
            elif not (standing.is_whole and self.skip_whole):
                sizes[dataset] = standing.recordings
        done = len(self.plan.datasets) - len(sizes) - len(self.errors)
        if done:
            _tell(f"{done} of {len(self.plan.datasets)} datasets are whole already")
        return sizes

    def _leave_out(self, dataset: str, error: str) -> None:
        self.errors[dataset] = error
        _tell(f"{dataset}: is left out: {error}")

    def _run_part(self, parts: Sequence[tuple[str, ...]], number: int, received: Sequence[int]) -> int:
        if received:
            return 1
        names = parts[number]
        more = f" and {len(names) - MAX_NAMED} more" if len(names) > MAX_NAMED else ""
        _tell(f"part {number + 1} of {len(parts)}: {', '.join(names[:MAX_NAMED])}{more}")
        return _wait(self.command(self.plan.part(names)), received)

    def _sum_up(self) -> None:
        page = overview_of(self.plan)
        try:
            rows = run_status(Path(self.plan.configuration.output), self.plan.recipe_name)
        except ConfigurationError as error:  # not one dataset could be resolved
            _tell(str(error))
            return
        wanted = set(self.plan.datasets)
        _tell(summed_line([row for row in rows if row.dataset in wanted]) + f". Look at {page}")
        for dataset, reason in self.errors.items():
            _tell(f"{dataset}: was left out: {reason}")


def _standing(plan: Plan, dataset: str) -> Standing:
    """Look at one dataset; receipts that lie are void, as in any run."""
    part = plan.part([dataset])
    try:
        if not is_resolved(part, dataset):
            return Standing()
        notes = check_receipts(part) if is_whole(part) else []
        return Standing(len(part.lock(dataset).recordings), is_whole(part), tuple(notes))
    except EegmillError as error:
        return Standing(error=str(error))


def run_to_its_end(command: Sequence[str]) -> int:
    """The exit code of a command, which is handed the requests to end that this process gets."""
    with _signals() as received:
        return _wait(command, received)


def _wait(command: Sequence[str], received: Sequence[int]) -> int:
    process, handed = subprocess.Popen(command), len(received)
    while True:
        try:
            return process.wait(POLL_S)
        except subprocess.TimeoutExpired:
            for number in received[handed:]:
                if number != signal.SIGINT or not _at_a_terminal():
                    process.send_signal(number)
            handed = len(received)


def _at_a_terminal() -> bool:
    """Whether Ctrl-C reaches the processes that this one has started by itself."""
    try:
        return os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp()
    except (OSError, ValueError):
        return False


@contextmanager
def _signals() -> Iterator[list[int]]:
    """Collect requests to end instead of ending."""
    received: list[int] = []
    former = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda got, _: received.append(got))
    on_hangup(lambda got, _: received.append(got))
    try:
        yield received
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)


def _in_a_child(plan: Plan, dataset: str) -> Standing:
    """Look at a dataset in a process of its own, which gives its memory back."""
    with multiprocessing.get_context("fork").Pool(1, initializer=_end_as_usual) as pool:
        return pool.apply(_standing, (plan, dataset))


def _end_as_usual() -> None:
    """Let a child go of the handlers of its parent, which collect requests to end."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if is_heeded():
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _tell(line: str) -> None:
    sys.stderr.write(f"eegmill: {line}\n")
    sys.stderr.flush()
