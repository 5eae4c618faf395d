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
