from __future__ import annotations

import pytest

from eegmill.provenance.environment import describe
from eegmill.provenance.methods import SENTENCES, paragraph
from eegmill.provenance.references import REFERENCES
from eegmill.records import ComponentsRecord, Override, RecordingRecord, StepRecord
from eegmill.steps.contract import BadChannel, Component
from tiny_bids import make_raw_dataset


def make(n_bad=1, status="ok", **changes):
    eye = Component(index=0, label="eye", probability=0.95, status="bad")
    return RecordingRecord(
        recording="sub-01", status=status, recipe="eegprep", recipe_digest="0", seed=1,
        steps=(StepRecord(name="highpass", version="1", seed=1, parameters={"cutoff_hz": 0.5}, decisions={}),),
        bad_channels=tuple(BadChannel(name=f"C{i}", reasons=("noisy",)) for i in range(n_bad)),
        components=ComponentsRecord(total=20, removed=(eye,)),
    ).model_copy(update=changes)  # fmt: skip


@pytest.fixture
def write(tmp_path):
    lock = make_raw_dataset(tmp_path)
    return lambda *records: paragraph(lock, recipe="eegprep", records=records, environment=describe())


def test_numbers_are_those_of_the_records(write):
    text, _ = write(make(1), make(2), make(status="failed"))
    assert "were cleaned: 2 of 3; 0 were rejected as unusable and 1 could not be processed." in text
    assert "1.5 (SD 0.7) channels" in text
    assert "1.0 (SD 0.0) of 20.0 (SD 0.0) independent components" in text
    assert "at 0.5 Hz" in text


def test_decisions_by_a_person_are_told(write):
    text, _ = write(make(overrides=(Override(kind="channel", name="C3", decision="bad"),)))
    assert "1 of these decisions were made by a person" in text


def test_without_a_clean_recording_nothing_is_claimed(write):
    text, _ = write(make(status="rejected"))
    assert "0 of 1" in text
    assert "filter" not in text


def test_whatever_is_cited_is_known(write):
    _, keys = write(make())
    assert "widmann2015" in keys
    assert set(keys) <= REFERENCES.keys()
    every = " ".join(sentence({}) for sentence in SENTENCES.values())
    assert all(f"@{key}" in every for key in ("ablin2018", "mullen2015", "jas2017"))


def test_only_versions_that_run_are_told(write):
    text, _ = write(make())
    assert describe().packages["mne"] in text
