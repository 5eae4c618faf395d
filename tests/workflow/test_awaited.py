"""Jobs wait for what other machines have written, and take nothing that is not seen yet for missing."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from eegmill.errors import DerivativeError
from eegmill.files import late
from eegmill.files.atomic import write_json, write_text
from eegmill.lock import Lock, LockedFile, LockedRecording
from eegmill.provenance.activity import FileDigest
from eegmill.workflow.awaited import await_fetched, await_reasons, await_results
from eegmill.workflow.groups import Member
from eegmill.workflow.layout import Layout
from eegmill.workflow.outcomes import failure_of
from eegmill.workflow.plan import Plan
from eegmill.workflow.receipts import Receipt, lie_of, write_receipt
from eegmill.workflow.resources import Need
from eegmill.workflow.supervision import Failure

NAME = "sub-01_task-rest"
SOON_S = 0.02


@pytest.fixture
def plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Plan:
    monkeypatch.setattr(late, "FIRST_PAUSE_S", 0.001)
    monkeypatch.setattr(late, "MAX_LATE_S", 0.2)
    made = Plan.from_values({"output": str(tmp_path), "datasets": ["ds1"], "recipe": "minimal"})
    file = LockedFile(path=f"{NAME}_eeg.edf", url="https://example.org/x", role="raw")
    entry = LockedRecording(recording=NAME, folder="", datatype="eeg", raw=file.path, entities={}, files=(file,))
    lock = Lock(dataset="ds1", api="x", database="x", filter={}, resolved_at="", recordings=(entry,))
    write_json(made.layout("ds1").lock, lock.model_dump(mode="json"))
    return made


def member(plan: Plan) -> Member:
    need = Need(memory_mb=1.0, time_s=1.0)
    digests = {"fetch": plan.digest("fetch", "ds1", NAME)}
    return Member(recording=NAME, digests=digests, clean=need, fetch=need, fetched=False)


def sign(plan: Plan, stage: str, *files: FileDigest) -> None:
    digest = plan.digest(stage, "ds1", NAME)
    write_receipt(plan.layout("ds1"), Receipt(stage=stage, dataset="ds1", name=NAME, digest=digest, files=files))


def test_raw_files_that_are_seen_late_are_waited_for(plan: Plan, capsys: pytest.CaptureFixture[str]) -> None:
    layout = plan.layout("ds1")
    raw = layout.raw / f"{NAME}_eeg.edf"
    sign(plan, "fetch", FileDigest(place="raw", path=raw.name, size=3, sha256="0" * 64))
    threading.Timer(SOON_S, lambda: write_text(raw, "EDF")).start()
    await_fetched(layout, [member(plan)])
    assert raw.is_file()
    assert "waits for it" in capsys.readouterr().err


def test_a_recording_that_could_not_be_fetched_is_not_waited_for(
    plan: Plan, capsys: pytest.CaptureFixture[str]
) -> None:
    write_json(plan.failure("fetch", "ds1", NAME), Failure(stage="fetch", reason="gone").model_dump(mode="json"))
    await_fetched(plan.layout("ds1"), [member(plan)])
    assert "waits" not in capsys.readouterr().err


def test_a_dataset_is_not_made_without_a_recording_that_is_seen_late(plan: Plan) -> None:
    sign(plan, "clean")
    threading.Timer(SOON_S, lambda: sign(plan, "report")).start()
    await_results(plan, "ds1")
    assert plan.receipt("report", "ds1", NAME).is_file()


def test_a_dataset_is_not_made_without_a_recording_that_never_comes(plan: Plan) -> None:
    sign(plan, "clean")
    with pytest.raises(DerivativeError, match=f"{NAME}: its receipt is not seen yet, although its job has ended: run"):
        await_results(plan, "ds1")


def test_a_reason_that_is_seen_late_is_not_taken_for_a_lost_node(plan: Plan) -> None:
    write_text(plan.receipt("report", "ds1", NAME).with_suffix(".log"), "")
    failure = Failure(stage="clean", reason="is cut off").model_dump(mode="json")
    threading.Timer(SOON_S, lambda: write_json(plan.failure("report", "ds1", NAME), failure)).start()
    await_reasons(plan, max_s=0.2)
    found = failure_of(plan, "ds1", NAME)
    assert found is not None
    assert found.reason == "is cut off"


def test_a_size_from_memory_voids_no_receipt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    layout = Layout(output=tmp_path, dataset="ds1", recipe="minimal")
    file = FileDigest(place="raw", path="a.edf", size=3, sha256="0" * 64)
    write_receipt(layout, Receipt(stage="fetch", dataset="ds1", name=NAME, digest="0" * 16, files=(file,)))
    write_text(layout.raw / "a.edf", "EDF")
    former = tmp_path.stat()  # what a network folder may still tell of another file of this name
    monkeypatch.setattr(Path, "stat", lambda *_, **__: former)
    assert lie_of(layout.receipt("fetch", NAME, "0" * 16), layout) == ""
