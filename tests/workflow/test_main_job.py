"""The main job on the embedded sample, as its users run it."""

from __future__ import annotations

import csv
import re
import subprocess
from pathlib import Path

import mne
import numpy as np
import pytest

from eegmill.cleaning import clean
from eegmill.lock import read_lock
from eegmill.provenance.manifest import RECORDS, check_manifest
from eegmill.records import RecordingRecord
from eegmill.workflow.layout import Layout

pytestmark = pytest.mark.workflow
RECORDINGS = ["sub-01_task-attention", *(f"sub-0{i}_task-arithmetic" for i in (2, 3, 4))]
Finished = tuple[Path, subprocess.CompletedProcess[str]]


def test_it_ends_well(finished: Finished) -> None:
    assert finished[1].returncode == 0, finished[1].stderr[-3000:]


@pytest.mark.parametrize("recording", RECORDINGS)
def test_every_recording_is_cleaned(layout: Layout, recording: str) -> None:
    record = RecordingRecord.model_validate_json(layout.qc(recording).read_bytes())
    assert (record.status, record.reason) == ("ok", "")
    assert record.components is not None
    assert record.components.total >= 10


@pytest.mark.parametrize("recording", RECORDINGS)
def test_the_clean_signal_is_read_by_mne_and_average_referenced(layout: Layout, recording: str) -> None:
    raw = mne.io.read_raw_brainvision(
        layout.qc(recording).with_name(f"{recording}_desc-preproc_eeg.vhdr"), verbose="error"
    )
    with layout.qc(recording).with_name(f"{recording}_desc-preproc_channels.tsv").open(encoding="utf-8") as stream:
        types = {row["name"]: row["type"] for row in csv.DictReader(stream, delimiter="\t")}
    eeg = raw.get_data(picks=[name for name in raw.ch_names if types[name] == "EEG"])
    assert np.abs(eeg.mean(axis=0)).max() < 1e-9
    assert 1e-6 < np.median(eeg.std(axis=1)) < 1e-4


def test_line_noise_is_gone_from_the_recording_that_has_it(layout: Layout) -> None:
    raw_file = layout.raw / "sub-01" / "eeg" / "sub-01_task-attention_eeg.set"
    before = mne.io.read_raw_eeglab(raw_file, verbose="error")
    place = layout.qc(RECORDINGS[0]).with_name(f"{RECORDINGS[0]}_desc-preproc_eeg.vhdr")
    after = mne.io.read_raw_brainvision(place, verbose="error")
    peaks = [_peak_db(raw) for raw in (before, after)]
    assert peaks[0] > 15
    assert peaks[1] < 6


def _peak_db(raw: mne.io.BaseRaw) -> float:
    """Power at 60 Hz over that 3 Hz below, median over channels, in dB."""
    spectrum = raw.compute_psd(fmin=50, fmax=63, picks="all", n_fft=512, verbose="error")
    power = spectrum.get_data(picks="all")
    at, beside = (int(np.argmin(np.abs(spectrum.freqs - hz))) for hz in (60.0, 57.0))
    return float(np.median(10 * np.log10(power[:, at] / power[:, beside])))


def test_the_workflow_gives_the_numbers_of_the_python_function(layout: Layout) -> None:
    recording = RECORDINGS[1]
    raw = mne.io.read_raw_edf(layout.raw / "sub-02" / "eeg" / f"{recording}_eeg.edf", verbose="error")
    raw.info["line_freq"] = 50.0
    cleaned = clean(raw, "eegmill")
    place = layout.qc(recording).with_name(f"{recording}_desc-preproc_eeg.vhdr")
    written = mne.io.read_raw_brainvision(place, verbose="error")
    names = [
        name for name, kind in zip(cleaned.raw.ch_names, cleaned.raw.get_channel_types(), strict=True) if kind == "eeg"
    ]
    np.testing.assert_allclose(written.get_data(picks=names), cleaned.raw.get_data(picks=names), rtol=1e-6, atol=1e-12)


def test_raw_files_are_byte_for_byte_those_of_the_source(layout: Layout) -> None:
    import eegmill

    source = Path(eegmill.__file__).parent / "sample" / "eegmill-sample"
    files = [path for path in source.rglob("*") if path.is_file()]
    assert files
    for path in files:
        assert (layout.raw / path.relative_to(source)).read_bytes() == path.read_bytes()


def test_the_lock_pins_every_file(layout: Layout) -> None:
    lock = read_lock(layout.lock)
    assert [entry.recording for entry in lock.recordings] == sorted(RECORDINGS)
    files = [file for entry in lock.recordings for file in entry.files]
    assert all(file.size and file.sha256 for file in files)
    assert any(file.path == "task-arithmetic_eeg.json" for file in files)


def test_status_lists_every_recording(layout: Layout) -> None:
    with (layout.derivative / "status.tsv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream, delimiter="\t"))
    assert [(row["recording"], row["status"]) for row in rows] == [(name, "ok") for name in sorted(RECORDINGS)]


def test_the_validator_found_no_error(layout: Layout) -> None:
    from eegmill.provenance.validate import run_validator

    assert run_validator(layout.derivative).errors == ()


def test_the_manifest_holds(layout: Layout) -> None:
    report = check_manifest(layout.derivative)
    assert report.intact, report
    assert report.compared > 40


@pytest.mark.parametrize("recording", RECORDINGS)
def test_a_page_shows_spectrum_signal_and_maps(layout: Layout, recording: str) -> None:
    page = layout.report(recording).read_text(encoding="utf-8")
    assert page.count("<svg") >= 3
    assert "Power spectra of all EEG channels" in page
    assert len(page) < 2_000_000


def test_no_place_user_or_host_is_in_the_derivative(layout: Layout, finished: Finished) -> None:
    import getpass
    import socket

    words = [str(finished[0]).encode(), str(Path.home()).encode() + b"/"]
    words += [f"{getpass.getuser()}@".encode(), f"@{socket.gethostname()}".encode()]
    for path in layout.derivative.rglob("*"):
        if path.is_file() and path.suffix != ".eeg":
            content = path.read_bytes()
            assert not [word for word in words if word in content], path.name


def test_no_time_is_in_the_data_files(layout: Layout) -> None:
    stamp = re.compile(rb"20\d\d-\d\d-\d\dT\d\d:\d\d")
    for path in layout.derivative.rglob("*"):
        relative = path.relative_to(layout.derivative).as_posix()
        told = relative.startswith(RECORDS) or relative == "code/lock.json"  # it quotes the dataset's own dates
        if path.is_file() and not told:
            assert not stamp.search(path.read_bytes()), relative
    assert read_lock(layout.derivative / "code" / "lock.json").resolved_at == ""
