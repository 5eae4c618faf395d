"""How far a run is, from what lies in its output folder."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from eegmill.cli.app import app
from eegmill.errors import ConfigurationError
from eegmill.files.atomic import write_json
from eegmill.lock import Lock, LockedRecording, RefusedRecording
from eegmill.provenance.activity import FileDigest
from eegmill.workflow.layout import Layout
from eegmill.workflow.receipts import Receipt, write_receipt
from eegmill.workflow.status import lines, run_status
from eegmill.workflow.supervision import Cause, Failure

RECIPE = "minimal"


def layout(output: Path) -> Layout:
    return Layout(output, "ds1", RECIPE)


def lock(output: Path, *names: str, refused: tuple[RefusedRecording, ...] = ()) -> Path:
    entries = tuple(
        LockedRecording(recording=name, folder=name, datatype="eeg", raw=f"{name}_eeg.edf", entities={}, files=())
        for name in names
    )
    made = Lock(dataset="ds1", api="x", database="x", filter={}, resolved_at="", recordings=entries, refused=refused)
    write_json(layout(output).lock, made.model_dump(mode="json"))
    return output


def clean(output: Path, name: str, status: str = "ok", digest: str = "0" * 16) -> Path:
    file = FileDigest(place="derivative", path=f"{name}_eeg.eeg", size=1000, sha256="0" * 64)
    receipt = Receipt(
        stage="clean", dataset="ds1", name=name, recipe=RECIPE, digest=digest, status=status, files=(file,)
    )
    write_receipt(layout(output), receipt)
    return layout(output).receipt("clean", name, digest)


def fail(output: Path, name: str, reason: str = "cut off", cause: Cause = "work") -> Path:
    path = layout(output).failure("report", name, "1" * 16)
    failure = Failure(stage="clean", reason=reason, recipe=RECIPE, cause=cause)
    write_json(path, failure.model_dump(mode="json"))
    return path


def test_each_recording_is_counted_once_by_what_became_of_it(tmp_path: Path) -> None:
    refused = (RefusedRecording(recording="sub-06", reason="two files claim to be it"),)
    lock(tmp_path, "sub-01", "sub-02", "sub-03", "sub-04", "sub-05", refused=refused)
    clean(tmp_path, "sub-01")
    clean(tmp_path, "sub-02", "rejected")
    fail(tmp_path, "sub-03")
    fail(tmp_path, "sub-04", cause="cancelled")
    (found,) = run_status(tmp_path)
    assert found.counts == {"ok": 1, "rejected": 1, "failed": 1, "refused": 1, "pending": 2}
    assert found.recipe == RECIPE
    assert found.bytes == 2000


@pytest.mark.parametrize("time_s", [0, 10**10], ids=["the clock went on", "the clock went back"])
def test_a_failure_is_the_last_word_on_a_recording_whatever_the_clock_says(tmp_path: Path, time_s: int) -> None:
    lock(tmp_path, "sub-01")
    receipt, _ = clean(tmp_path, "sub-01"), fail(tmp_path, "sub-01")
    os.utime(receipt, (time_s, time_s))
    assert run_status(tmp_path)[0].counts == {"failed": 1}


def test_other_recipes_do_not_count(tmp_path: Path) -> None:
    clean(lock(tmp_path, "sub-01"), "sub-01")
    assert run_status(tmp_path, "prep")[0].counts == {"pending": 1}


def test_the_length_of_the_clean_signal_is_in_hours(tmp_path: Path) -> None:
    clean(lock(tmp_path, "sub-01"), "sub-01")
    sidecar = layout(tmp_path).derivative / "sub-01" / "eeg" / "sub-01_desc-preproc_eeg.json"
    write_json(sidecar, {"RecordingDuration": 1800})
    assert run_status(tmp_path)[0].hours == 0.5


def test_recordings_with_one_reason_are_told_together(tmp_path: Path) -> None:
    lock(tmp_path, "sub-01", "sub-02", "sub-03")
    for name in ("sub-01", "sub-02"):
        fail(tmp_path, name, "the memory ran out")
    fail(tmp_path, "sub-03")
    told = lines(run_status(tmp_path))
    assert told[1:] == [
        "  2 recordings: failed: clean: the memory ran out",
        "  sub-03: failed: clean: cut off",
    ]


def test_a_receipt_that_cannot_be_read_counts_for_nothing(tmp_path: Path) -> None:
    clean(lock(tmp_path, "sub-01"), "sub-01").write_text('{"recipe": "min')
    assert run_status(tmp_path)[0].counts == {"pending": 1}


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="holds no locks"):
        run_status(tmp_path)


def test_the_command_prints_json_for_programs(tmp_path: Path) -> None:
    clean(lock(tmp_path, "sub-01"), "sub-01")
    result = CliRunner().invoke(app, ["status", str(tmp_path), "--json"])
    assert '"counts":{"ok":1}' in result.stdout


def test_a_thousand_recordings_take_less_than_a_second(tmp_path: Path) -> None:
    names = [f"sub-{number:04}" for number in range(1000)]
    lock(tmp_path, *names)
    write = clean(tmp_path, names[0]).read_text()
    for name in names[1:]:  # as large as real ones
        path = layout(tmp_path).receipt("clean", name, "0" * 16)
        path.write_text(write.rstrip("}\n") + ', "padding": "' + "x" * 10_000 + '"}\n')
    started_s = time.process_time()
    assert run_status(tmp_path)[0].counts == {"ok": 1000}
    assert time.process_time() - started_s < 1
