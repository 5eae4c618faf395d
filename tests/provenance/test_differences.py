from __future__ import annotations

import json

from eegmill.provenance.differences import changed_inputs, environment_differences, parting_step
from eegmill.provenance.environment import describe

QC = "sub-01/eeg/sub-01_task-odd_desc-preproc_qc.json"


def test_another_library_and_another_kernel_are_told():
    present = describe()
    blas = tuple(item.model_copy(update={"architecture": "Zen"}) for item in present.blas)
    recorded = present.model_copy(update={"packages": {**present.packages, "mne": "1.0"}, "blas": blas})
    told = " ".join(environment_differences(recorded, present))
    assert f"packages mne: 1.0 recorded, {present.packages['mne']} now" in told
    assert "architecture: Zen recorded" in told


def test_the_same_environment_has_no_differences():
    assert environment_differences(describe(), describe()) == ()


def test_unchanged_inputs_are_not_told(pristine):
    assert changed_inputs(pristine.derivative, "sub-01_task-odd", pristine.root) == ()


def test_changed_and_missing_inputs_are_told(world):
    place = world.root / "sub-01" / "eeg"
    (place / "sub-01_task-odd_eeg.eeg").write_bytes(b"other")
    (place / "sub-01_task-odd_events.tsv").unlink()
    assert changed_inputs(world.derivative, "sub-01_task-odd", world.root) == (
        "sub-01/eeg/sub-01_task-odd_eeg.eeg is not the file that was read",
        "sub-01/eeg/sub-01_task-odd_events.tsv is missing",
    )


def test_the_first_step_that_parts_is_named(world, tmp_path):
    content = json.loads((world.derivative / QC).read_text())
    content["steps"][1]["decisions"]["n_components"] = 3
    (tmp_path / "remade_qc.json").write_text(json.dumps(content))
    told = parting_step(world.derivative / QC, tmp_path / "remade_qc.json")
    assert told == "step 2 (ica): decisions.n_components: 2 recorded, 3 remade"
