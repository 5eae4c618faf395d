from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from eegmill import features
from eegmill.cli.app import app
from eegmill.derivative.features import write_features
from eegmill.derivative.read import read_cleaned
from eegmill.derivative.write import write_derivative
from eegmill.errors import DerivativeError
from eegmill.features.tables import RECORDINGS_KEY, described
from eegmill.files.atomic import write_json
from eegmill.provenance.check_features import check_features
from eegmill.provenance.manifest import check_manifest, read_manifest, write_manifest
from eegmill.reading.recording import read_recording
from tiny_bids import clean, make_raw_dataset, record_of

NAMES = ("sub-01_task-odd", "sub-02_task-odd")


@pytest.fixture
def derivative(tmp_path):
    root, out = tmp_path / "tiny", tmp_path / "out"
    for entry in make_raw_dataset(root, ("01", "02")).recordings:
        cleaned = clean(read_recording(root, entry))
        write_derivative(cleaned, record_of(cleaned, entry.recording), entry=entry, raw_root=root, derivative=out)
    write_json(out / "dataset_description.json", {"Name": "tiny", "GeneratedBy": [{"Name": "eegmill"}]})
    return out


def test_each_family_has_a_table_of_all_recordings(derivative):
    report = write_features(derivative, ["signal_mean", "spectral_entropy"], window_s=0.5)
    assert report.files == ("features/signal.parquet", "features/spectral.parquet")
    assert tuple(report.windows) == NAMES
    rows = pd.read_parquet(derivative / "features" / "signal.parquet")
    assert list(rows.columns) == ["recording", "onset_s", "duration_s", "channel", "feature", "value", "unit"]
    assert tuple(rows.recording.unique()) == NAMES
    expected = features.extract(read_cleaned(derivative, NAMES[0]).raw, "signal_mean", window_s=0.5).to_long()
    assert rows[rows.recording == NAMES[0]].value.tolist() == expected.value.tolist()


def test_the_bytes_depend_on_signal_and_features_alone(derivative):
    path = derivative / "features" / "spectral.parquet"
    write_features(derivative, ["spectral"], window_s=0.5)
    once = path.read_bytes()
    write_features(derivative, ["spectral"], window_s=0.5)
    assert path.read_bytes() == once
    assert [one.name for one in path.parent.iterdir()] == [path.name]


def test_the_schema_tells_windows_and_recipe(derivative):
    (derivative / "code").mkdir()
    (derivative / "code" / "recipe.yaml").write_text("[]\n")
    write_features(derivative, ["signal_mean"], window_s=0.5)
    told = described(pq.read_schema(derivative / "features" / "signal.parquet"))
    assert (told["window_s"], told["step_s"], told["epochs"]) == (0.5, 0.5, False)
    assert told["recipe_sha256"] == "37517e5f3dc66819f61f5a7bb8ace1921282415f10551d2defa5c3eb0985b570"


def test_the_file_tells_what_was_left_out(derivative):
    report = write_features(derivative, ["signal_mean"], window_s=0.5)
    path = derivative / "features" / "signal.parquet"
    told = json.loads(pq.read_metadata(path).metadata[RECORDINGS_KEY.encode()])
    assert {name: one["windows"] for name, one in told.items()} == report.windows
    assert {name: tuple(one["notes"]) for name, one in told.items() if one["notes"]} == report.notes
    assert "left out: bad" in told[NAMES[0]]["notes"][0]


def test_a_manifest_stays_true(derivative):
    write_manifest(derivative)
    write_features(derivative, ["signal_mean"], window_s=0.5)
    assert check_manifest(derivative).intact


def test_a_table_of_a_former_signal_is_found(derivative):
    write_manifest(derivative)
    write_features(derivative, ["signal_mean"], window_s=0.5)
    assert list(check_features(derivative, read_manifest(derivative))) == []
    signal = derivative / "sub-01" / "eeg" / f"{NAMES[0]}_desc-preproc_eeg.eeg"
    signal.write_bytes(signal.read_bytes()[::-1])
    write_manifest(derivative)
    (found,) = check_features(derivative, read_manifest(derivative))
    assert str(found.path) == "features/signal.parquet"
    assert "another signal of sub-01_task-odd" in found.problem


def test_a_recording_without_features_is_told_and_stops_no_other(derivative):
    report = write_features(derivative, ["signal_mean"], epochs=True)
    assert report.failed == NAMES
    assert "has no epochs" in report.notes[NAMES[0]][0]


def test_a_feature_that_cannot_bear_a_signal_fails_that_recording_alone(derivative, monkeypatch):
    from eegmill.derivative import features as room

    extract, seen = room.extract, []

    def fragile(source, *args, **more):
        seen.append(source)
        if len(seen) == 1:
            msg = "SVD did not converge"
            raise np.linalg.LinAlgError(msg)
        return extract(source, *args, **more)

    monkeypatch.setattr(room, "extract", fragile)
    report = write_features(derivative, ["signal_mean"], window_s=0.5)
    assert (report.failed, tuple(report.windows)) == (NAMES[:1], NAMES[1:])
    assert report.notes[NAMES[0]] == ("LinAlgError: SVD did not converge",)


def test_an_unknown_recording_is_refused_with_those_that_are_there(derivative):
    with pytest.raises(
        DerivativeError, match=r"no cleaned recording 'sub-09_task-odd'; it has: sub-01_task-odd, sub-02"
    ):
        write_features(derivative, ["signal_mean"], recordings=["sub-09_task-odd"])


def test_the_command_writes_what_a_file_lists(derivative, tmp_path):
    listed = tmp_path / "wanted.yaml"
    listed.write_text("- signal_quantile: {q: 0.9}\n")
    arguments = ["features", str(derivative), "--set", str(listed), "--set", "dimensionality", "--window-s", "0.5"]
    found = CliRunner().invoke(app, arguments)
    assert found.exit_code == 0
    assert "2 recordings: features/signal.parquet, features/dimensionality.parquet" in found.stdout
    assert set(pd.read_parquet(derivative / "features" / "signal.parquet").feature) == {"signal_quantile(q=0.9)"}


def test_the_command_fails_where_a_recording_has_no_features(derivative):
    found = CliRunner().invoke(app, ["features", str(derivative), "--set", "signal_mean", "--epochs"])
    assert found.exit_code == 1
    assert "has no epochs" in found.stdout
