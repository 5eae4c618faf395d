"""Other software reads a derivative of real EEG and gets what was meant; ``docs/readers.md`` is the table of it."""

from __future__ import annotations

import fnmatch
import importlib
import json
import os
import re
import shutil
import subprocess
import sys
import types
from pathlib import Path

import mne
import numpy as np
import pytest
from mne_bids import BIDSPath, read_epochs_bids, read_raw_bids

from eegmill.derivative.export import export_recording
from eegmill.derivative.read import read_cleaned, read_epochs
from eegmill.files.tables import read_tsv
from eegmill.provenance.check import check
from eegmill.provenance.manifest import write_manifest
from eegmill.provenance.validate import run_validator

NAME = "sub-01_task-attention"
BADS = ["Fpz", "T7", "T8"]
CHANNELS = ["Cz", "CP1", "CP2", "P3", "Pz", "P4", "POz", "O1", "Oz", "O2"]
"""Good ones, over which the response to squares is large."""
ZERO_SAMPLES = 26
"""0.2 s ahead of the event at 128 Hz, on the grid of samples."""


def bids_path(root: Path, description: str, extension: str) -> BIDSPath:
    return BIDSPath(
        root=root, subject="01", task="attention", description=description, datatype="eeg", suffix="eeg",
        extension=extension,
    )  # fmt: skip


@pytest.fixture(scope="module")
def raw(epoched):
    """The continuous signal, as MNE-BIDS reads it."""
    return read_raw_bids(bids_path(epoched, "preproc", ".vhdr"), verbose="error")


def by_mne_bids(derivative, folder):
    return read_epochs_bids(bids_path(derivative, "epochs", ".set"), verbose="error")


def by_mne(derivative, folder):
    return mne.io.read_epochs_eeglab(bids_path(derivative, "epochs", ".set").fpath, verbose="error")


def by_eegmill(derivative, folder):
    return read_epochs(derivative, NAME)


def by_fif(derivative, folder):
    return mne.read_epochs(export_recording(derivative, NAME, folder, to="fif", epochs=True), verbose="error")


def by_the_readme(derivative, folder):
    """The code of the README's section on epochs, as it stands there."""
    text = (derivative / "README.md").read_text(encoding="utf-8")
    code = re.findall(r"```python\n(.*?)```", text, re.DOTALL)[1]
    names: dict[str, object] = {}
    before = Path.cwd()
    try:
        os.chdir(derivative)
        exec(code, names)
    finally:
        os.chdir(before)
    return names["epochs"]


READERS = [by_mne_bids, by_mne, by_eegmill, by_fif]


@pytest.fixture(scope="module", params=READERS, ids=lambda reader: reader.__name__)
def epochs(request, epoched, tmp_path_factory):
    """The epochs, by each reader."""
    return request.param(epoched, tmp_path_factory.mktemp("exported"))


def windows(raw, samples, start, length):
    data = raw.get_data(picks=CHANNELS)
    return np.stack([data[:, sample + start : sample + start + length] for sample in samples])


def test_epochs_reach_from_before_the_event_to_behind_it(epochs):
    assert (epochs.tmin, epochs.tmax) == pytest.approx((-0.2, 0.8), abs=0.5 / 128)
    assert epochs.times[ZERO_SAMPLES] == 0


def test_each_epoch_is_the_stretch_around_its_event(epochs, raw, epoched):
    samples = [int(row["sample"]) for row in read_tsv(epoched / f"sub-01/eeg/{NAME}_desc-epochs_epochs.tsv")]
    stretches = windows(raw, samples, -ZERO_SAMPLES, len(epochs.times))
    late = windows(raw, samples, 0, len(epochs.times))
    own = epochs.get_data(picks=CHANNELS)
    alike, unlike = (
        np.array([np.corrcoef(a.ravel(), b.ravel())[0, 1] for a, b in zip(own, other, strict=True)])
        for other in (stretches, late)
    )
    assert np.quantile(alike, 0.5) > 0.99  # autoreject changed up to two channels in some epochs, ...
    assert np.quantile(alike, 0.8) > 0.999999  # ... and nothing in others
    assert np.quantile(unlike, 0.8) < 0.9


def test_the_response_peaks_as_late_as_in_the_continuous_signal(epochs, raw):
    onsets = [note["onset"] for note in raw.annotations if note["description"] == "square"]
    samples = [round(onset * 128) for onset in onsets if 1 < onset < raw.times[-1] - 1]
    expected = windows(raw, samples, -ZERO_SAMPLES, len(epochs.times)).mean(axis=0)
    peak = epochs.times[np.argmax(epochs.average(picks=CHANNELS).data.std(axis=0))]
    assert peak == pytest.approx(epochs.times[np.argmax(expected.std(axis=0))], abs=0.02)
    assert 0.1 < peak < 0.6


def test_events_of_epochs_lie_at_time_zero(epoched):
    rows = read_tsv(epoched / f"sub-01/eeg/{NAME}_desc-epochs_events.tsv")
    length = len(read_epochs(epoched, NAME).times)
    assert [int(row["sample"]) for row in rows] == [i * length + ZERO_SAMPLES for i in range(len(rows))]


def test_epochs_cut_from_the_header_by_the_table_have_their_time_zero(epoched):
    """What is left of epochs that no step repaired: the signal and the table, read by MNE alone."""
    rows = read_tsv(epoched / f"sub-01/eeg/{NAME}_desc-epochs_epochs.tsv")
    signal = mne.io.read_raw_brainvision(bids_path(epoched, "preproc", ".vhdr").fpath, verbose="error")
    events = [[int(row["sample"]), 0, 1] for row in rows]
    tmin, tmax = float(rows[0]["tmin"]), float(rows[0]["tmax"])
    cut = mne.Epochs(signal, events, tmin=tmin, tmax=tmax, baseline=None, preload=True, verbose="error")
    assert len(cut) == len(rows)
    own = by_mne(epoched, None)
    pairs = zip(cut.get_data(picks=CHANNELS), own.get_data(picks=CHANNELS), strict=True)
    same = [np.corrcoef(a.ravel(), b.ravel())[0, 1] for a, b in pairs]
    assert np.quantile(same, 0.8) > 0.999999


def test_the_code_in_the_readme_reads_epochs(epoched):
    epochs = by_the_readme(epoched, None)
    assert (epochs.tmin, epochs.tmax) == pytest.approx((-0.2, 0.8), abs=0.5 / 128)
    np.testing.assert_allclose(epochs.get_data(), read_epochs(epoched, NAME).get_data(), rtol=1e-6)


def test_eeglab_finds_one_event_in_each_epoch_at_time_zero(epoched):
    """The fields that ``eeg_checkset`` and ``pop_epoch`` of EEGLAB go by."""
    pymatreader = pytest.importorskip("pymatreader")
    eeg = pymatreader.read_mat(bids_path(epoched, "epochs", ".set").fpath)["EEG"]
    n_epochs, n_times = int(eeg["trials"]), int(eeg["pnts"])
    latencies = np.array(eeg["event"]["latency"])
    assert list(eeg["event"]["epoch"]) == list(range(1, n_epochs + 1))
    np.testing.assert_allclose(latencies - 1, np.arange(n_epochs) * n_times + ZERO_SAMPLES)
    assert set(eeg["epoch"]["eventlatency"]) == {0.0}
    assert (eeg["xmin"], eeg["xmax"]) == pytest.approx((-26 / 128, 102 / 128))
    assert (epoched / "sub-01/eeg" / eeg["data"]).stat().st_size == 4 * n_epochs * n_times * int(eeg["nbchan"])


def test_the_port_of_eeglabs_reader_gives_epochs_around_their_events(epoched):
    """``pop_loadset`` as EEGPrep has it, translated from EEGLAB and checked against it by its authors."""
    eegprep = pytest.importorskip("eegprep", reason="needs EEGPrep: pip install eegprep")
    eeg = eegprep.pop_loadset(str(bids_path(epoched, "epochs", ".set").fpath))
    own = read_epochs(epoched, NAME)
    np.testing.assert_allclose(np.moveaxis(eeg["data"], 2, 0) * 1e-6, own.get_data(), rtol=1e-6)
    np.testing.assert_allclose(np.array(eeg["times"]) / 1000, own.times, atol=1e-9)
    assert {float(np.ravel(epoch["eventlatency"])[0]) for epoch in eeg["epoch"]} == {0.0}


def test_nothing_speaks_of_epochs_where_there_are_none(epoched, finished):
    assert [path.name for path in (epoched / "sub-02").rglob("*") if "desc-" in path.name] == [
        "sub-02_task-arithmetic_desc-preproc_qc.json"
    ]
    folder = finished[0] / "results/eegmill-sample/derivatives/eegmill"
    assert [path.name for path in folder.rglob("*desc-epochs*")] == []
    assert "desc-epochs" not in (folder / "descriptions.tsv").read_text()


def test_mne_bids_gets_names_types_and_bad_channels(raw):
    assert raw.ch_names[:2] == ["Fpz", "EOG1"]
    assert raw.get_channel_types().count("eog") == 2
    assert raw.info["bads"] == BADS


def test_a_renamed_channel_keeps_its_position(raw, epoched):
    own = read_cleaned(epoched, NAME).raw
    for signal in (raw, own):
        place = signal.info["chs"][signal.ch_names.index("Fpz")]["loc"][:3]
        np.testing.assert_allclose(place, [0, 0.099978, -0.002102], atol=1e-6)


def test_every_eeg_channel_has_a_position(raw):
    places = np.array([channel["loc"][:3] for channel in raw.copy().pick("eeg").info["chs"]])
    assert np.isfinite(places).all()
    assert places.any(axis=1).all()


def test_a_map_can_be_drawn_of_positions_from_a_template(finished):
    folder = finished[0] / "results/eegmill-sample/derivatives/eegmill"
    path = BIDSPath(
        root=folder, subject="02", task="arithmetic", description="preproc", datatype="eeg", suffix="eeg",
        extension=".vhdr",
    )  # fmt: skip
    signal = read_raw_bids(path, verbose="error")
    assert len(signal.get_montage().get_positions()["ch_pos"]) == 19
    figure = mne.viz.plot_topomap(
        signal.copy().pick("eeg").get_data()[:, 0], signal.copy().pick("eeg").info, show=False
    )
    assert figure
    sources = {row["position_source"] for row in read_tsv(next(folder.rglob("sub-02*_electrodes.tsv")))}
    assert sources == {"template"}


def test_annotations_have_their_durations(raw):
    told = [(note["onset"], note["duration"]) for note in raw.annotations if note["description"] == "BAD_manual"]
    assert told == [(20.0, 3.0)]


def test_mne_gets_the_markers_and_the_filters_from_the_header_alone(epoched):
    signal = mne.io.read_raw_brainvision(bids_path(epoched, "preproc", ".vhdr").fpath, verbose="error")
    assert (signal.info["highpass"], signal.info["lowpass"]) == (0.5, 40.0)
    events = read_tsv(epoched / f"sub-01/eeg/{NAME}_desc-preproc_events.tsv")
    assert len(signal.annotations) == len(events)
    manual = [note for note in signal.annotations if note["description"] == "Comment/BAD_manual"]
    assert [(note["onset"], note["duration"]) for note in manual] == [(20.0, 3.0)]


def test_filters_are_those_of_each_channel(finished):
    """The source of sub-02 is filtered from 0.5 to 45 Hz, and our high-pass passes more than that."""
    folder = finished[0] / "results/eegmill-sample/derivatives/eegmill"
    rows = {row["name"]: row for row in read_tsv(next(folder.rglob("sub-02*desc-preproc_channels.tsv")))}
    told = {name: (rows[name]["low_cutoff"], rows[name]["high_cutoff"]) for name in ("Cz", "ECG", "A2-A1")}
    assert told == {"Cz": ("0.5", "45"), "ECG": ("0.5", "45"), "A2-A1": ("0.5", "45")}


@pytest.mark.parametrize("to", ["fif", "edf"])
def test_exports_agree_on_the_band(finished, tmp_path, to):
    folder = finished[0] / "results/eegmill-sample/derivatives/eegmill"
    path = export_recording(folder, "sub-02_task-arithmetic", tmp_path, to=to)
    signal = mne.io.read_raw(path, verbose="error")
    assert (signal.info["highpass"], signal.info["lowpass"]) == (0.5, 45.0)


def test_edfio_gets_types_filters_and_annotations(epoched, tmp_path):
    edfio = pytest.importorskip("edfio")
    edf = edfio.read_edf(export_recording(epoched, NAME, tmp_path, to="edf"))
    assert {"EEG Fpz", "EOG EOG1"} <= {signal.label for signal in edf.signals}
    assert {signal.prefiltering for signal in edf.signals} == {"HP:0.5Hz LP:40Hz"}
    assert (20.0, 3.0, "BAD_manual") in [(note.onset, note.duration, note.text) for note in edf.annotations]
    assert "Reference:average_of" in edf.local_recording_identification


def test_a_sidecar_counts_interpolated_channels_apart_from_good_ones(epoched):
    sidecar = json.loads((epoched / f"sub-01/eeg/{NAME}_desc-preproc_eeg.json").read_text())
    assert sidecar["EEGReference"] == "average of 27 EEG channels, 1 of them interpolated"


def test_pybids_finds_signal_and_epochs_with_their_metadata(epoched):
    bids = pytest.importorskip("bids", reason="needs pybids: pip install pybids")
    layout = bids.BIDSLayout(epoched, validate=False)
    found = {
        file.entities["desc"]: file.get_metadata() for file in layout.get(suffix="eeg", extension=[".vhdr", ".set"])
    }
    assert {desc: told["RecordingType"] for desc, told in found.items()} == {
        "preproc": "continuous",
        "epochs": "epoched",
    }
    assert found["epochs"]["EpochStart"] == pytest.approx(-26 / 128)
    raw_layout = bids.BIDSLayout(epoched.parents[1], derivatives=True)
    names = [file.filename for file in raw_layout.get(scope="derivatives", suffix="eeg", extension=".vhdr")]
    assert names == [f"{NAME}_desc-preproc_eeg.vhdr"]


@pytest.fixture
def discover(monkeypatch):
    """EEGDash's search of a local folder, from the wheel's own files without its heavy ``__init__``."""
    folder = os.environ.get("EEGDASH_WHEEL")
    if not folder or not (Path(folder) / "eegdash" / "local_bids.py").is_file():
        pytest.skip("needs the unpacked eegdash wheel: set EEGDASH_WHEEL to the folder that holds 'eegdash/'")
    pytest.importorskip("pandas", reason="eegdash needs pandas")
    for name in ("eegdash", "eegdash.dataset"):
        package = types.ModuleType(name)
        package.__path__ = [str(Path(folder, *name.split(".")))]
        monkeypatch.setitem(sys.modules, name, package)
    yield importlib.import_module("eegdash.local_bids").discover_local_bids_records
    for name in [name for name in sys.modules if name.startswith("eegdash.")]:
        del sys.modules[name]


def test_eegdash_finds_a_derivative_as_a_dataset_of_its_own(epoched, tmp_path, discover):
    """Not below ``derivatives/``: the client leaves out whatever has that folder in its path."""
    root = tmp_path / "eegmill-readers"
    shutil.copytree(epoched, root)
    found = {record["bids_relpath"]: record for record in discover(root, {"dataset": root.name})}
    record = found[f"sub-01/eeg/{NAME}_desc-preproc_eeg.vhdr"]
    assert (record["sampling_frequency"], record["nchans"], record["ntimes"]) == (128, 32, 30504)
    assert record["ch_names"][:2] == ["Fpz", "EOG1"]
    assert discover(epoched, {"dataset": epoched.name}) == []


def test_the_reference_validator_finds_no_error(epoched):
    report = run_validator(epoched)
    assert [str(issue) for issue in report.errors] == []
    # Positions belong to a recording here: two recordings of a session may have other channels renamed or placed.
    # Licence and acknowledgement stand in CITATION.cff too, but archives look for them in the description; and the
    # source may have few authors.
    cited = {"SINGLE_SOURCE_CITATION_FIELDS", "TOO_FEW_AUTHORS"}
    expected = {"EXCESSIVE_ELECTRODE_SPECIFICITY", "SIDECAR_KEY_RECOMMENDED", *cited}
    assert {issue.code for issue in report.warnings} <= expected


def test_a_recursive_validation_of_the_raw_root_finds_only_what_bidsignore_names(epoched):
    """The validator reads no ``.bidsignore`` of a derivative when it comes to it from the raw dataset."""
    program = shutil.which("bids-validator-deno") or Path(sys.executable).parent / "bids-validator-deno"
    done = subprocess.run(
        [str(program), str(epoched.parents[1]), "--recursive", "--format", "json"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    answer = json.loads(done.stdout)
    assert [issue for issue in answer["issues"]["issues"] if issue["severity"] == "error"] == []
    ignored = (epoched / ".bidsignore").read_text().split()
    for below in answer["derivativesSummary"].values():
        errors = [issue["location"].strip("/") for issue in below["issues"]["issues"] if issue["severity"] == "error"]
        patterns = [*ignored, *(f"{pattern}/*" for pattern in ignored), *(f"*/{pattern}" for pattern in ignored)]
        assert [path for path in errors if not any(fnmatch.fnmatch(path, pattern) for pattern in patterns)] == []


def test_the_legacy_validator_accepts_the_raw_root(epoched):
    """It knows no derivatives, and leaves the folder alone."""
    program = shutil.which("bids-validator")
    if program is None:
        pytest.skip("needs the validator of before 2025: npm install bids-validator@1.14, and its folder in PATH")
    done = subprocess.run([program, str(epoched.parents[1]), "--json"], capture_output=True, text=True, check=False)
    assert json.loads(done.stdout)["issues"]["errors"] == []


def test_check_finds_nothing(epoched):
    assert [str(finding) for finding in check(epoched) if "logs/" not in finding.path] == []


def test_check_finds_epochs_that_are_not_those_of_their_sidecar(epoched, tmp_path):
    root = tmp_path / epoched.name
    shutil.copytree(epoched, root)
    data = root / f"sub-01/eeg/{NAME}_desc-epochs_eeg.fdt"
    data.write_bytes(data.read_bytes()[:-4] + b"\0\0\0\0")
    write_manifest(root)
    assert any("epochs_eeg.json: its Digest is not that of the signal" in str(finding) for finding in check(root))
