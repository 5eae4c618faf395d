"""Groups of recordings: what one job takes, so that it is worth its queueing and loads its libraries once.

A group is no stage: it has no part in any digest, and what was done is known from the receipts of its recordings alone.
The process that plans a run writes down who belongs to a group; its jobs, on whatever machine, look it up by its name.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from ..errors import ConfigurationError
from ..files.atomic import write_json
from ..files.late import is_late, wait_while
from ..live.board import BOARD
from ..models import Frozen
from .layout import Layout
from .plan import Plan
from .resources import Allotment, Need, allotment_for, clean_need, fetch_need
from .stages import OF_RECORDINGS, last_of

WORTH_S = 60.0
"""Of work, with the margin of `clean_need`: what a core of this machine is given at a time, since loading takes 2 s."""
WORTH_QUEUEING_S = 600.0
"""The same for a job on a cluster, which waits, and starts Snakemake twice."""
MAX_RECORDINGS = 200
FETCHED_AT_ONCE = 4
"""Recordings of a group that are fetched side by side: they wait for the network most of the time."""
DIGITS = 16
OF_GROUPS = ("fetch", "clean")
"""Jobs that take a group."""


class Member(Frozen):
    """A recording of a group, and what its jobs have to know."""

    recording: str
    digests: dict[str, str]
    """Of each stage of the recording, by its name."""
    clean: Need
    fetch: Need
    fetched: bool
    """Whether its raw files were there as the run was planned."""


class Group(Frozen):
    """Recordings of one dataset that one job cleans."""

    dataset: str
    members: tuple[Member, ...]
    threads: int = 1
    """How many are cleaned side by side."""
    again: bool = False
    """Whether Snakemake was told to do again what is done."""

    @property
    def name(self) -> str:
        """SHA-256 over what is asked of its recordings: it names the files of a group."""
        text = "\0".join(f"{member.recording} {member.digests['report']}" for member in self.members)
        return hashlib.sha256(text.encode()).hexdigest()[:DIGITS]

    @property
    def is_fetched(self) -> bool:
        """Whether no raw file is missing."""
        return all(member.fetched for member in self.members)

    def allotment(self, job: str, threads: int) -> Allotment:
        """Memory and time of a job on the group, at its first attempt."""
        if job == "fetch":
            return allotment_for([member.fetch for member in self.members], side_by_side=1)
        return allotment_for([member.clean for member in self.members], side_by_side=threads)


class Settings(Protocol):
    """What the groups depend on beside the plan; no result depends on it."""

    @property
    def cores(self) -> int | None:
        """Of this machine for the run; None on a cluster, where every group is a job of its own."""

    @property
    def again(self) -> bool:
        """Whether everything is to be done again."""

    @property
    def only(self) -> frozenset[str] | None:
        """The recordings that are meant; None for all."""


@dataclass(frozen=True)
class Groups:
    """The groups of a run: formed once for each state of a lock, of the recordings that are still to be done."""

    plan: Plan
    settings: Settings
    writes: bool = False
    """Whether to write down who belongs to a group: not where a run is only looked at."""
    _formed: dict[tuple[str, int], tuple[Group, ...]] = field(default_factory=dict, compare=False, repr=False)
    _by_name: dict[str, Group] = field(default_factory=dict, compare=False, repr=False)

    def of(self, dataset: str) -> tuple[Group, ...]:
        """The groups of a dataset."""
        key = dataset, self.plan.layout(dataset).lock.stat().st_mtime_ns
        if key not in self._formed:
            self._formed[key] = self._form(dataset)
        return self._formed[key]

    def named(self, dataset: str, name: str) -> Group:
        """A group by its name, as it was formed by this process or by the one that planned the run."""
        if name not in self._by_name:
            self._by_name[name] = read_group(self.plan.layout(dataset), name)
        return self._by_name[name]

    def _form(self, dataset: str) -> tuple[Group, ...]:
        members = [
            self._member(dataset, entry.recording)
            for entry in self.plan.lock(dataset).recordings
            if self.settings.only is None or entry.recording in self.settings.only
            if self.settings.again or not self.plan.receipt("report", dataset, entry.recording).is_file()
        ]
        sizes, threads = self._sizes([member.clean.time_s for member in members])
        groups, begin = [], 0
        for size in sizes:
            group = Group(
                dataset=dataset,
                members=tuple(members[begin : begin + size]),
                threads=min(threads, size),
                again=self.settings.again,
            )
            self._keep(group)
            groups.append(group)
            begin += size
        return tuple(groups)

    def _member(self, dataset: str, recording: str) -> Member:
        plan, entry = self.plan, self.plan.recording(dataset, recording)
        return Member(
            recording=recording,
            digests={stage: plan.digest(stage, dataset, recording) for stage in OF_RECORDINGS},
            clean=clean_need(entry, plan.recipe),
            fetch=fetch_need(entry),
            fetched=not self.settings.again and plan.receipt("fetch", dataset, recording).is_file(),
        )

    def _sizes(self, times_s: Sequence[float]) -> tuple[list[int], int]:
        wanted = self.plan.configuration.recordings_per_job
        if wanted:
            n_groups = math.ceil(len(times_s) / wanted)
            sizes = [min(wanted, len(times_s) - begin) for begin in range(0, len(times_s), wanted)]
        else:
            n_groups = n_groups_of(times_s, cores=self.settings.cores)
            sizes = shares(times_s, n_groups)
        return sizes, max(1, (self.settings.cores or 1) // max(1, n_groups))

    def _keep(self, group: Group) -> None:
        layout = self.plan.layout(group.dataset)
        self._by_name[group.name] = group
        withdraw_done(layout, group)
        times_s = {member.recording: member.clean.time_s for member in group.members}
        BOARD.expect(group.dataset, times_s, [step.name for step in self.plan.recipe.steps])
        if self.writes:
            for job in OF_GROUPS:
                layout.group_progress(job, group.name).unlink(missing_ok=True)  # of a run before
            write_json(layout.group(group.name), group.model_dump(mode="json"))


def n_groups_of(times_s: Sequence[float], *, cores: int | None) -> int:
    """Into how many groups recordings are shared out, by the time that each takes.

    A core is given as many groups as are worth it. Where there is less work than that, one group uses several cores.
    """
    whole_s = sum(times_s)
    if cores is None:
        n_groups = math.ceil(whole_s / WORTH_QUEUEING_S)
    else:
        n_groups = cores * math.floor(whole_s / (cores * WORTH_S)) or math.ceil(whole_s / (cores * WORTH_S))
    return min(len(times_s), max(n_groups, math.ceil(len(times_s) / MAX_RECORDINGS)))


def shares(times_s: Sequence[float], n_groups: int) -> list[int]:
    """How many recordings, in their order, each group has, so that all groups take about as long.

    Examples
    --------
    >>> shares([1, 1, 1, 1, 4], 2)
    [4, 1]
    """
    sizes, begin, left_s = [], 0, sum(times_s)
    for left in range(n_groups, 0, -1):
        end, taken_s = begin + 1, times_s[begin]
        last = len(times_s) - (left - 1)
        while end < last and (left == 1 or taken_s + times_s[end] / 2 <= left_s / left):
            taken_s += times_s[end]
            end += 1
        sizes.append(end - begin)
        begin, left_s = end, left_s - taken_s
    return sizes


def read_group(layout: Layout, name: str) -> Group:
    """Who belongs to a group, as the process that planned the run wrote it down.

    Raises
    ------
    ConfigurationError
        If it did not.
    """
    path = layout.group(name)
    wait_while(lambda: f"'{path.name}', who belongs to a group, is not seen yet" if is_late(path) else "")
    try:
        return Group.model_validate_json(path.read_bytes())
    except (FileNotFoundError, ValueError):
        msg = f"'{path}' does not say who belongs to a group of recordings: run the same command again."
        raise ConfigurationError(msg) from None


def withdraw_done(layout: Layout, group: Group) -> None:
    """Remove the mark that a group is done where one of its recordings is not.

    The mark is looked at first: a run that just ends writes it behind the receipts.
    """
    for job in OF_GROUPS:
        mark = layout.group_done(job, group.name)
        if mark.is_file() and not all(is_done(layout, job, member) for member in group.members):
            mark.unlink(missing_ok=True)


def is_done(layout: Layout, job: str, member: Member) -> bool:
    """Whether the receipt stands that a job on a recording ends with."""
    return receipt_of(layout, job, member).is_file()


def receipt_of(layout: Layout, job: str, member: Member) -> Path:
    """The receipt that a job on a recording ends with."""
    stage = last_of(job)
    return layout.receipt(stage, member.recording, member.digests[stage])
