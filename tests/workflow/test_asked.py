"""What was last asked, and what of the results is out of date."""

from __future__ import annotations

from pathlib import Path

from eegmill.config.models import Select
from eegmill.inputs.resolve.dataset import resolve_dataset, write_lock
from eegmill.inputs.resolve.folder import FolderCatalogue
from eegmill.workflow.asked import last_asked, note_asked, out_of_date, with_what_is_asked
from eegmill.workflow.bids_app_group import with_settings_of_participants
from eegmill.workflow.layout import Layout
from eegmill.workflow.plan import Plan
from eegmill.workflow.receipts import Receipt, write_receipt
from eegmill.workflow.status import DatasetStatus, further
from tiny_bids import make_raw_dataset


def plan(folder: Path, **keys: object) -> Plan:
    values = {"datasets": [str(folder / "raw")], "output": str(folder / "out"), "recipe": "minimal", **keys}
    return Plan.from_values(values)


def cleaned(folder: Path) -> Plan:
    """A folder of two recordings, one of which is clean by what is asked."""
    make_raw_dataset(folder / "raw")
    made = plan(folder)
    lock = resolve_dataset(FolderCatalogue(folder / "raw", "raw"), "raw", select=Select())
    write_lock(lock, made.layout("raw").lock)
    name = lock.recordings[0].recording
    digest = made.digest("report", "raw", name)
    write_receipt(
        made.layout("raw"), Receipt(stage="report", dataset="raw", name=name, recipe="minimal", digest=digest)
    )
    record = made.layout("raw").qc(name)
    record.parent.mkdir(parents=True)
    record.touch()
    note_asked(made)
    return made


def row() -> DatasetStatus:
    return DatasetStatus(dataset="raw", recipe="minimal", counts={"ok": 1}, hours=0.0, bytes=0, reasons=())


def test_what_stands_as_it_is_asked_for_is_not_out_of_date(tmp_path: Path) -> None:
    assert out_of_date(cleaned(tmp_path), "raw") == frozenset()
    assert with_what_is_asked(tmp_path / "out", row()).out_of_date == 0


def test_another_seed_makes_what_stands_out_of_date(tmp_path: Path) -> None:
    cleaned(tmp_path)
    seen = with_what_is_asked(tmp_path / "out", row(), plan(tmp_path, seed=2))
    assert seen.out_of_date == 1
    assert "out of date: 1" in further(seen)[0]


def test_a_raw_file_that_was_changed_makes_its_recording_out_of_date(tmp_path: Path) -> None:
    cleaned(tmp_path)
    data = tmp_path / "raw/sub-01/eeg/sub-01_task-odd_eeg.eeg"
    data.write_bytes(data.read_bytes() + b"x")
    assert with_what_is_asked(tmp_path / "out", row()).out_of_date == 1


def test_without_a_run_that_is_known_nothing_is_claimed(tmp_path: Path) -> None:
    assert with_what_is_asked(tmp_path / "out", row()).out_of_date is None


def test_recordings_that_lack_samples_are_named_the_worst_first(tmp_path: Path) -> None:
    made = cleaned(tmp_path)
    table = made.layout("raw").derivative / "status.tsv"
    table.write_text("recording\tmissing_fraction\na\t0.1\nb\t0\nc\t0.5\nd\tn/a\n", encoding="utf-8")
    seen = with_what_is_asked(tmp_path / "out", row())
    assert seen.missing == {"a": 0.1, "c": 0.5}
    assert further(seen) == ["  lack samples that their headers promise: c 50 %, a 10 %"]


def test_of_several_recipes_that_of_the_last_run_counts(tmp_path: Path) -> None:
    cleaned(tmp_path)
    note_asked(plan(tmp_path, recipe="prep"))
    asked = last_asked(Layout(tmp_path / "out", "raw", ""))
    assert asked is not None
    assert asked["recipe"] == "prep"


def test_the_group_takes_the_settings_of_its_participants_unless_told_others(tmp_path: Path) -> None:
    cleaned(tmp_path)
    values = {"datasets": [str(tmp_path / "raw")], "output": str(tmp_path / "out")}
    assert with_settings_of_participants(values)["recipe"] == "minimal"
    assert with_settings_of_participants({**values, "recipe": "prep"})["recipe"] == "prep"
