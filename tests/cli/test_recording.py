"""``eegmill clean``: loose files, each with derivative files and page."""

from __future__ import annotations

import json
import os
import shlex
import shutil
from pathlib import Path

import mne
import numpy as np
import pytest
import yaml
from typer.testing import CliRunner, Result

from eegmill.cli.app import app
from eegmill.cli.recording import parted, recordings
from eegmill.derivative.read import read_cleaned
from eegmill.errors import ConfigurationError, EegmillError
from eegmill.lock import LockedRecording
from eegmill.recording import Recording
from eegmill.workflow import loose
from tiny_bids import make_raw_dataset

SAMPLE = Path(__file__).parents[2] / "src/eegmill/sample/eegmill-sample"
RECIPE = {"steps": [{"import": {}}, {"highpass": {"cutoff_hz": 1.0}}, {"reference": {}}]}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "quick.yaml").write_text(yaml.safe_dump(RECIPE))
    return tmp_path


def clean(*words: str) -> Result:
    return CliRunner().invoke(app, ["clean", *words, "--recipe", "quick.yaml"])


def test_the_last_word_is_the_output_folder_if_it_is_no_recording(folder: Path) -> None:
    for name in ("a.edf", "b.edf"):
        (folder / name).touch()
    assert parted(["a.edf", "b.edf"]) == ([Path("a.edf"), Path("b.edf")], Path("cleaned"))
    assert parted(["*.edf", "out"]) == ([Path("a.edf"), Path("b.edf")], Path("out"))


def test_data_beside_their_header_are_no_files_of_their_own(folder: Path) -> None:
    for name in ("a.vhdr", "a.eeg", "a.vmrk", "b.set", "b.fdt", "c.eeg"):
        (folder / name).touch()
    assert parted(["*.*"])[0] == [Path("a.vhdr"), Path("b.set"), Path("c.eeg"), Path("quick.yaml")]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["nothere.edf"], "'nothere.edf' does not exist"),
        (["*.edf"], r"'\*\.edf' does not exist"),
        (["bids3"], "'eegmill run bids3' cleans it as a BIDS dataset; or name recordings in it: bids3/\\*/\\*.edf$"),
        (["My Data"], r'name recordings in it: "My Data"/\*.set$'),
        (["empty"], "holds no recordings that eegmill reads: name a file"),
    ],
)
def test_wrong_use_names_what_to_type(folder: Path, words: list[str], told: str) -> None:
    for name in ("bids3/dataset_description.json", "bids3/sub-1/a.edf", "My Data/a.set", "empty/notes.txt"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    with pytest.raises(ConfigurationError, match=told):
        parted(words)


@pytest.mark.parametrize("place", ["a.edf", "My $ub/eeg/a.edf", "sub-1/eeg/derived.ds"])
def test_what_is_told_to_type_for_a_folder_names_its_recordings(folder: Path, place: str) -> None:
    (folder / "My Data" / place).parent.mkdir(parents=True)
    (folder / "My Data" / place).touch()
    with pytest.raises(ConfigurationError, match="name recordings in it") as caught:
        recordings(["My Data"])
    assert "eegmill run" not in str(caught.value)
    (typed,) = shlex.split(str(caught.value).rpartition("in it: ")[2])
    assert recordings([typed]) == [Path("My Data", place)]


def test_loose_files_get_derivative_files_positions_and_pages(folder: Path) -> None:
    shutil.copy(SAMPLE / "sub-01/eeg/sub-01_task-attention_eeg.set", folder / "head.set")
    shutil.copy(SAMPLE / "sub-01/eeg/sub-01_task-attention_eeg.fdt", folder / "head.fdt")
    shutil.copy(SAMPLE / "sub-03/eeg/sub-03_task-arithmetic_eeg.edf", folder / "rest.edf")
    done = clean("head.set", "rest.edf", "out")
    assert done.exit_code == 0, done.output
    assert "2 of 2 files are clean" in done.output
    assert "step 2 of 3: highpass" in done.output
    for name in ("head", "rest"):
        assert (folder / "out" / f"{name}_report.html").is_file()
        read = read_cleaned(folder / "out", name).raw
        assert read.get_montage() is not None
        assert "eeg" in read.get_channel_types()


@pytest.mark.parametrize("missing", [slice(500, 540), slice(None), slice(1000, None)])
def test_a_recording_that_lacks_samples_gets_its_page(folder: Path, missing: slice) -> None:
    raw = mne.io.read_raw_edf(next(SAMPLE.glob("sub-02/eeg/*_eeg.edf")), preload=True, verbose="error").crop(0, 20)
    raw._data[3, missing] = np.nan
    raw._data[5, 700] = np.inf
    raw.save(folder / "gap_eeg.fif", verbose="error")
    result = clean("gap_eeg.fif", "out")
    assert result.exit_code == 0, result.output
    assert (folder / "out" / "gap_eeg_report.html").is_file()


def test_sidecars_are_used_where_the_file_lies_in_bids(folder: Path) -> None:
    make_raw_dataset(folder / "raw", subjects=("01",), seconds=20.0)
    assert clean("raw/sub-01/eeg/sub-01_task-odd_eeg.vhdr", "out").exit_code == 0
    record = json.loads((folder / "out/sub-01/eeg/sub-01_task-odd_desc-preproc_qc.json").read_text())
    assert record["bad_channels"] == [{"name": "Pz", "reasons": ["marked bad in channels.tsv: loose"]}]


def test_results_that_are_there_are_replaced_only_when_told_so(folder: Path) -> None:
    make_raw_dataset(folder / "raw", subjects=("01",), seconds=20.0)
    words = ("raw/sub-01/eeg/sub-01_task-odd_eeg.vhdr", "out")
    assert clean(*words).exit_code == 0
    again = clean(*words)
    assert isinstance(again.exception, ConfigurationError)
    assert "--overwrite" in str(again.exception)
    assert clean(*words, "--overwrite").exit_code == 0


def test_one_damaged_file_does_not_stop_the_others(folder: Path) -> None:
    make_raw_dataset(folder / "raw", subjects=("01",), seconds=20.0)
    (folder / "broken.edf").write_bytes(b"0" * 300)
    done = clean("broken.edf", "raw/sub-01/eeg/sub-01_task-odd_eeg.vhdr", "out")
    assert done.exit_code == 1
    assert "broken.edf: failed: 'broken.edf' cannot be read" in done.output
    assert "its folder" not in done.output
    assert "1 of 2 files are clean" in done.output


def test_what_nobody_foresaw_ends_its_file_alone(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_raw_dataset(folder / "raw", subjects=("01", "02"), seconds=20.0)
    read = loose.read_recording

    def fall_over(root: Path, entry: LockedRecording) -> Recording:
        if entry.recording.startswith("sub-01"):
            msg = "list index out of range"
            raise IndexError(msg)
        return read(root, entry)

    monkeypatch.setattr(loose, "read_recording", fall_over)
    done = clean("raw/sub-*/eeg/*.vhdr", "out")
    assert "sub-01_task-odd_eeg.vhdr: failed: unexpected error, please report it: IndexError" in done.output
    assert "1 of 2 files are clean" in done.output


def test_a_folder_and_a_pipe_among_the_files_stop_no_other(folder: Path) -> None:
    make_raw_dataset(folder / "raw", subjects=("01",), seconds=20.0)
    (folder / "folder.edf").mkdir()
    os.mkfifo(folder / "pipe.edf")
    done = clean("folder.edf", "pipe.edf", "raw/sub-01/eeg/sub-01_task-odd_eeg.vhdr", "out")
    assert "folder.edf: failed: 'folder.edf' is a folder, not a file" in done.output
    assert "pipe.edf: failed: 'pipe.edf' is a pipe or a device" in done.output
    assert "1 of 3 files are clean" in done.output


def test_sidecars_in_bidsignore_are_not_used(folder: Path) -> None:
    make_raw_dataset(folder / "raw", subjects=("01",), seconds=20.0)
    (folder / "raw" / ".bidsignore").write_text("*_channels.tsv\n", encoding="utf-8")
    assert clean("raw/sub-01/eeg/sub-01_task-odd_eeg.vhdr", "out").exit_code == 0
    record = json.loads((folder / "out/sub-01/eeg/sub-01_task-odd_desc-preproc_qc.json").read_text())
    assert record["bad_channels"] == []


def test_an_output_folder_that_cannot_be_made_is_told_before_any_work(folder: Path) -> None:
    make_raw_dataset(folder / "raw", subjects=("01",), seconds=20.0)
    done = clean("raw/sub-01/eeg/sub-01_task-odd_eeg.vhdr", "/proc/x")
    assert isinstance(done.exception, ConfigurationError)
    assert "'/proc/x' cannot be written" in str(done.exception)
    assert "reading" not in done.output


def test_two_files_of_one_name_are_refused_before_any_work(folder: Path) -> None:
    for place in "ab":
        (folder / place).mkdir()
        (folder / place / "rest.edf").touch()
    done = clean("a/rest.edf", "b/rest.edf", "out")
    assert isinstance(done.exception, EegmillError)
    assert "would both be written as 'rest'" in str(done.exception)
    assert not (folder / "out").exists()


def test_a_persons_decisions_are_laid_over(folder: Path) -> None:
    make_raw_dataset(folder / "raw", subjects=("01",), seconds=20.0)
    columns = "dataset\trecording\tkind\tname\tonset\tduration\tdecision\treason\n"
    (folder / "o.tsv").write_text(columns + "n/a\tsub-01_task-odd\tchannel\tC3\tn/a\tn/a\tbad\tloose all day\n")
    assert clean("raw/sub-01/eeg/sub-01_task-odd_eeg.vhdr", "out", "--overrides", "o.tsv").exit_code == 0
    record = json.loads((folder / "out/sub-01/eeg/sub-01_task-odd_desc-preproc_qc.json").read_text())
    assert {"name": "C3", "reasons": ["manual: loose all day"]} in record["bad_channels"]
