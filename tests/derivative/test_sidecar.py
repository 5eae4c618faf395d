from __future__ import annotations

from dataclasses import replace

import pytest

from eegmill.derivative.sidecar import describe, eeg_json, software_filters
from eegmill.recording import Recording
from step_records import recorded
from tiny_bids import make_raw, make_raw_dataset, record_of


@pytest.fixture
def make(tmp_path):
    entry = make_raw_dataset(tmp_path, ("01",)).recordings[0]
    recording = Recording(raw=make_raw(0, 4.0))

    def sidecar(source=None, recording=recording, activity_id=None):
        record = record_of(recording, entry.recording)
        return eeg_json(recording, record, entry=entry, source=source or {}, activity_id=activity_id)

    sidecar.recording = recording
    return sidecar


def test_every_key_that_bids_requires_is_there(make):
    assert {"EEGReference", "SamplingFrequency", "PowerLineFrequency", "SoftwareFilters", "TaskName"} <= make().keys()


def test_hardware_is_kept_and_what_changed_is_not(make):
    sidecar = make({"Manufacturer": "Acme", "SamplingFrequency": 5000, "EEGGround": "n/a", "MISCChannelCount": 3})
    assert sidecar["Manufacturer"] == "Acme"
    assert sidecar["SamplingFrequency"] == 100
    assert not {"EEGGround", "MISCChannelCount"} & sidecar.keys()


def test_the_reference_is_the_new_one_or_that_of_the_source(make):
    assert make({"EEGReference": "nose"})["EEGReference"] == "nose"
    averaged = replace(make.recording, reference="average")
    assert make({"EEGReference": "nose"}, averaged)["EEGReference"] == "average"


def test_duration_and_counts_are_those_of_the_signal(make):
    sidecar = make()
    assert sidecar["RecordingDuration"] == 4.0
    assert (sidecar["EEGChannelCount"], sidecar["MiscChannelCount"]) == (8, 0)


def test_a_boundary_makes_the_recording_discontinuous(make):
    assert make()["RecordingType"] == "continuous"
    make.recording.raw.annotations.append(1.0, 0.0, "boundary")
    assert make()["RecordingType"] == "discontinuous"


@pytest.mark.parametrize(("onset_s", "kind"), [(0.0, "continuous"), (3.0, "continuous"), (2.0, "discontinuous")])
def test_a_gap_makes_it_so_unless_it_is_at_an_end(make, onset_s, kind):
    make.recording.raw.annotations.append(onset_s, 1.0, "BAD_ACQ_SKIP")
    assert make()["RecordingType"] == kind


def test_filters_of_the_source_come_before_ours(make):
    filters = software_filters(record_of(make.recording, "x"), {"notch": {"frequency": 50}})
    assert list(filters) == ["source: notch", "eegmill highpass"]


def test_a_filter_tells_its_parameters_and_what_came_of_them(make):
    made = software_filters(record_of(make.recording, "x"), None)["eegmill highpass"]
    assert (made["cutoff_hz"], made["highpass_hz"], made["transition_hz"]) == (1.0, 1.0, 1.0)
    assert made["channels"] == "EEG, EOG, ECG, EMG"
    assert "skipped_channels" not in made


def test_a_step_that_filters_twice_is_told_twice(make):
    twice = (recorded("highpass", {"cutoff_hz": 0.1}), recorded("highpass", {"cutoff_hz": 2.0}))
    filters = software_filters(record_of(make.recording, "x").model_copy(update={"steps": twice}), None)
    assert [made["cutoff_hz"] for made in filters.values()] == [0.1, 2.0]


def test_a_filter_that_had_nothing_to_do_is_not_claimed(make):
    idle = recorded("line_noise", applied=False)
    record = record_of(make.recording, "x")
    assert "eegmill line_noise" not in software_filters(record.model_copy(update={"steps": (idle,)}), None)


def test_sources_are_the_recording_s_own_files(make):
    sources = make()["Sources"]
    assert "bids:raw:sub-01/eeg/sub-01_task-odd_eeg.vhdr" in sources
    assert not [source for source in sources if "participants" in source]


def test_the_activity_is_named(make):
    sidecar = make(activity_id="bids::prov#clean-01234567")
    assert sidecar["GeneratedBy"] == sidecar["SidecarGeneratedBy"] == ["bids::prov#clean-01234567"]


def test_the_description_names_no_step_that_was_skipped():
    skipped = recorded("autoreject", applied=False, why_not="9 epochs are too few")
    steps = (recorded("highpass"), skipped)
    record = record_of(Recording(make_raw(0, 1.0)), "x").model_copy(update={"steps": steps})
    assert describe(record) == "Recording cleaned by eegmill with the recipe 'eegprep': highpass."
