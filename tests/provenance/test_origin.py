from __future__ import annotations

import json

import pytest

from eegmill.errors import DerivativeError
from eegmill.provenance.origin import read_origin, read_record


def test_configuration_lock_and_environment_come_back(pristine):
    origin = read_origin(pristine.derivative)
    assert origin.config["seed"] == 7
    assert [entry.recording for entry in origin.lock.recordings] == ["sub-01_task-odd", "sub-02_task-odd"]
    assert origin.environment.packages["numpy"]


def put(folder, path, value):
    (folder / path).write_text(value if isinstance(value, str) else json.dumps(value))


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        ("dataset_description.json", {"GeneratedBy": [{"Name": "fMRIPrep"}]}, "made by fMRIPrep, not by eegmill"),
        ("dataset_description.json", {"Name": "raw"}, "not by eegmill"),
        ("dataset_description.json", "{", "not valid JSON"),
        ("dataset_description.json", None, "no BIDS derivative"),
        ("code/lock.json", None, r"'lock\.json' is missing"),
        ("code/lock.json", {"lock_version": "9"}, "install a newer eegmill"),
        ("code/lock.json", {"lock_version": "1"}, "damaged"),
        ("code/config.yaml", None, "is missing"),
        ("code/config.yaml", "- a\n", "holds no configuration"),
        ("code/environment.json", [1], "holds no object"),
    ],
)
def test_a_folder_that_cannot_be_made_again_says_why(world, path, value, told):
    if value is None:
        (world.derivative / path).unlink()
    else:
        put(world.derivative, path, value)
    with pytest.raises(DerivativeError, match=told):
        read_origin(world.derivative)


def test_a_folder_that_is_none_is_named(tmp_path):
    with pytest.raises(DerivativeError, match="is no folder"):
        read_origin(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ('{"schema_version": "2.0"}', "install a newer eegmill"),
        ('{"schema_version": "1.0"}', "was made by another version of eegmill"),
        ('{"schema_version": "1.2"}', "is no record"),
        ("[]", "is no record"),
        ('{"a": NaN}', "not valid JSON"),
        ('{"a": 1, "a": 2}', "a key is repeated"),
    ],
)
def test_a_record_that_is_none_says_why(tmp_path, value, told):
    put(tmp_path, "sub-01_qc.json", value)
    with pytest.raises(DerivativeError, match=told):
        read_record(tmp_path / "sub-01_qc.json")
