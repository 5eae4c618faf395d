from __future__ import annotations

from eegmill.derivative.readme import readme
from tiny_bids import make_raw_dataset


def test_the_example_reads_a_recording_that_is_there(tmp_path):
    text = readme(make_raw_dataset(tmp_path), "eegprep")
    assert 'subject="01", task="odd", description="preproc"' in text


def test_licence_and_source_are_named(tmp_path):
    text = readme(make_raw_dataset(tmp_path), "eegprep")
    assert "CC0" in text
    assert "doi:10.0000/tiny" in text


def test_epochs_are_spoken_of_where_there_are_some(tmp_path):
    lock = make_raw_dataset(tmp_path)
    name = "sub-01_task-odd_desc-epochs"
    assert "epochs" not in readme(lock, "eegprep").replace("eegmill", "")
    table = readme(lock, "eegprep", files=[f"{name}_epochs.tsv"], baseline=(None, 0.0))
    assert "baseline=(None, 0.0), reject_by_annotation=False" in table
    assert "read_epochs_bids" not in table
    stored = readme(lock, "eegprep", files=[f"{name}_epochs.tsv", f"{name}_eeg.set"])
    assert "read_epochs_bids(path)" in stored


def test_the_example_names_a_recording_that_was_cleaned(tmp_path):
    text = readme(make_raw_dataset(tmp_path), "eegprep", files=["sub-02_task-odd_desc-preproc_eeg.vhdr"])
    assert 'subject="02"' in text
