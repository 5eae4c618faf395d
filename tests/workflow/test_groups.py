"""Groups of recordings: shared out by the time that they take, and without any part in what is made."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eegmill.errors import ConfigurationError
from eegmill.files import late
from eegmill.files.atomic import write_json, write_text
from eegmill.lock import Lock, LockedFile, LockedRecording
from eegmill.workflow.__main__ import main
from eegmill.workflow.groups import MAX_RECORDINGS, Group, Groups, n_groups_of, read_group, receipt_of, shares
from eegmill.workflow.plan import Plan
from eegmill.workflow.stages import OF_RECORDINGS

TIMES = st.lists(st.floats(0.1, 1e5), min_size=1, max_size=300)


@pytest.fixture(autouse=True)
def _nothing_comes_late(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(late, "MAX_LATE_S", 0.0)


@dataclass(frozen=True)
class Started:
    """As Snakemake would have been started."""

    cores: int | None = 2
    again: bool = False
    only: frozenset[str] | None = None


def entry(number: int) -> LockedRecording:
    name = f"sub-{number:02}_task-rest"
    file = LockedFile(path=f"{name}_eeg.edf", url="file:///x", role="raw", size=10**6)
    return LockedRecording(recording=name, folder="sub-01", datatype="eeg", raw=file.path, entities={}, files=(file,))


def plan_of(folder: Path, n_recordings: int = 5, **values: object) -> Plan:
    entries = tuple(entry(number) for number in range(n_recordings))
    lock = Lock(dataset="ds1", api="x", database="x", filter={}, resolved_at="", recordings=entries)
    write_json(folder / "results" / "locks" / "ds1.lock.json", lock.model_dump(mode="json"))
    return Plan.from_values({"datasets": ["ds1"], "output": str(folder / "results"), "recipe": "minimal", **values})


def finish(plan: Plan, recording: str) -> None:
    for stage in OF_RECORDINGS:
        write_text(plan.receipt(stage, "ds1", recording), "{}")


def names(groups: tuple[Group, ...]) -> list[list[str]]:
    return [[member.recording[:6] for member in group.members] for group in groups]


@given(TIMES, st.one_of(st.none(), st.integers(1, 64)))
def test_every_recording_is_in_one_group(times_s: list[float], cores: int | None) -> None:
    n_groups = n_groups_of(times_s, cores=cores)
    sizes = shares(times_s, n_groups)
    assert sum(sizes) == len(times_s)
    assert len(sizes) == n_groups
    assert min(sizes) >= 1


@given(TIMES, st.integers(1, 20))
def test_no_group_takes_much_longer_than_its_share(times_s: list[float], n_groups: int) -> None:
    n_groups = min(n_groups, len(times_s))
    begin = 0
    for size in shares(times_s, n_groups):
        assert sum(times_s[begin : begin + size]) <= 2 * sum(times_s) / n_groups + 2 * max(times_s)
        begin += size


@pytest.mark.parametrize(
    ("times_s", "cores", "n_groups"),
    [
        ([10.0] * 4, 2, 1),  # one process uses both cores
        ([10.0] * 40, 2, 6),
        ([3600.0] * 7, 4, 7),
        ([10.0] * 40, None, 1),  # a job that is worth its queueing
        ([3600.0] * 7, None, 7),
        ([0.1] * (2 * MAX_RECORDINGS + 1), None, 3),
    ],
)
def test_a_group_is_as_large_as_is_worth_it(times_s: list[float], cores: int | None, n_groups: int) -> None:
    assert n_groups_of(times_s, cores=cores) == n_groups


def test_with_less_work_than_cores_one_group_uses_several(tmp_path: Path) -> None:
    (group,) = Groups(plan_of(tmp_path), Started(cores=4)).of("ds1")
    assert group.threads == 4
    (group,) = Groups(plan_of(tmp_path), Started(cores=None)).of("ds1")
    assert group.threads == 1


def test_as_many_recordings_are_in_a_job_as_are_asked_for(tmp_path: Path) -> None:
    groups = Groups(plan_of(tmp_path, recordings_per_job=2), Started()).of("ds1")
    assert names(groups) == [["sub-00", "sub-01"], ["sub-02", "sub-03"], ["sub-04"]]


def test_what_is_done_is_in_no_group_unless_it_is_to_be_done_again(tmp_path: Path) -> None:
    plan = plan_of(tmp_path)
    finish(plan, "sub-01_task-rest")
    assert names(Groups(plan, Started()).of("ds1")) == [["sub-00", "sub-02", "sub-03", "sub-04"]]
    assert names(Groups(plan, Started(again=True)).of("ds1")) == [[f"sub-0{number}" for number in range(5)]]


def test_groups_stay_as_they_were_formed_while_their_recordings_are_done(tmp_path: Path) -> None:
    plan = plan_of(tmp_path)
    groups = Groups(plan, Started())
    formed = groups.of("ds1")
    finish(plan, "sub-01_task-rest")
    assert groups.of("ds1") == formed


def test_a_job_finds_its_group_by_name(tmp_path: Path) -> None:
    plan = plan_of(tmp_path)
    (group,) = Groups(plan, Started(), writes=True).of("ds1")
    assert read_group(plan.layout("ds1"), group.name) == group
    assert Groups(plan, Started()).named("ds1", group.name) == group


def test_a_run_that_is_only_looked_at_writes_nothing(tmp_path: Path) -> None:
    plan = plan_of(tmp_path)
    (group,) = Groups(plan, Started()).of("ds1")
    assert not plan.layout("ds1").work.exists()
    with pytest.raises(ConfigurationError, match="run the same command again"):
        read_group(plan.layout("ds1"), group.name)


def test_a_mark_whose_receipts_are_gone_is_void(tmp_path: Path) -> None:
    plan = plan_of(tmp_path)
    (group,) = Groups(plan, Started()).of("ds1")
    layout = plan.layout("ds1")
    for job in ("fetch", "clean"):
        write_text(layout.group_done(job, group.name), "")
    for member in group.members:
        write_text(receipt_of(layout, "fetch", member), "{}")
    Groups(plan, Started()).of("ds1")
    assert layout.group_done("fetch", group.name).is_file()
    assert not layout.group_done("clean", group.name).is_file()


@pytest.mark.parametrize("stage", [*OF_RECORDINGS, "dataset", "manifest"])
def test_no_digest_depends_on_how_recordings_are_grouped(tmp_path: Path, stage: str) -> None:
    recording = "sub-01_task-rest" if stage in OF_RECORDINGS else ""
    digests = {plan_of(tmp_path, recordings_per_job=wanted).digest(stage, "ds1", recording) for wanted in (None, 1, 3)}
    assert len(digests) == 1


def test_recordings_that_nobody_asked_for_are_in_no_group(tmp_path: Path) -> None:
    plan = plan_of(tmp_path)
    names = [entry.recording for entry in plan.lock("ds1").recordings]
    groups = Groups(plan, Started(cores=1, only=frozenset(names[1:2]))).of("ds1")
    assert [member.recording for group in groups for member in group.members] == names[1:2]


def test_what_ends_the_process_of_a_group_is_told_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    for name, value in plan_of(tmp_path).environment().items():
        monkeypatch.setenv(name, value)
    assert main(["clean", "attempt=1", "ds1", "0" * 16]) == 1
    told = capfd.readouterr().err
    assert told.startswith("eegmill clean: ")
    assert "does not say who belongs to a group of recordings" in told
    assert told.count("\n") == 1
