from __future__ import annotations

import pytest

from eegmill.provenance.environment import describe
from eegmill.provenance.methods import BAD_CHANNELS, CITED, LINE_NOISE, REFERENCES_USED, SENTENCES, UNMIXING, paragraph
from eegmill.provenance.references import REFERENCES
from eegmill.recording import BadChannel, Component
from eegmill.records import ComponentsRecord, Override, RecordingRecord, StepRecord
from eegmill.steps import STEPS
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


@pytest.mark.parametrize(
    ("step", "parameters", "told"),
    [
        ("flatline", {"max_saturated_fraction": 0.01}, "or clipped by the amplifier for more than 1 % of the time,"),
        ("flatline", {"max_saturated_fraction": None}, "Channels flat for more than 5 s were marked bad."),
        ("line_noise", {"method": "zapline"}, "ZapLine [@decheveigne2020]"),
        ("line_noise", {"method": "notch"}, "notch filter"),
        ("bad_channels", {"method": "prep"}, "PREP pipeline [@bigdelyshamlo2015]"),
        ("ica", {"method": "infomax"}, "Infomax [@lee1999]"),
        ("reference", {"to": ("M1", "M2")}, "re-referenced to M1 and M2"),
        ("asr", {"cutoff": 10.0, "mode": "reject"}, "rejected by artifact subspace reconstruction with a cutoff of 10"),
        ("resample", {"sfreq_hz": 250.0}, "resampled to 250 Hz"),
    ],
)
def test_each_method_is_named_and_cited_as_itself(step, parameters, told):
    assert told in SENTENCES[step](parameters)


@pytest.mark.parametrize(("step", "parameters"), [("resample", {"sfreq_hz": None}), ("reference", {"to": "none"})])
def test_a_step_that_changed_nothing_is_not_told(step, parameters):
    assert SENTENCES[step](parameters) == ""


def step(name, parameters, decisions):
    return StepRecord(name=name, version="1", seed=1, parameters=parameters, decisions=decisions)


@pytest.mark.parametrize(
    ("name", "decisions"),
    [
        ("resample", {"reason": "the recording has this rate"}),
        ("line_noise", {"applied": False, "method": "none"}),
        ("lowpass", {"applied": False}),
        ("asr", {"skipped": "too short"}),
        ("ica", {"status": "skipped", "method": "picard"}),
        ("iclabel", {"status": "no positions: not labelled"}),
        ("remove_components", {"removed": ()}),
        ("interpolate", {"interpolated": ()}),
        ("autoreject", {"status": "skipped", "method": "local"}),
    ],
)
def test_a_step_that_had_nothing_to_do_is_not_told(write, name, decisions):
    parameters = {"sfreq_hz": 100.0}
    assert write(make(steps=(step(name, parameters, decisions),))) == write(make(steps=()))


def test_the_method_that_was_used_is_told_with_its_share(write):
    asked = {"method": "zapline"}
    fell_back = make(steps=(step("line_noise", asked, {"applied": True, "method": "notch"}),))
    as_asked = make(steps=(step("line_noise", asked, {"applied": True, "method": "zapline"}),))
    text, _ = write(as_asked, fell_back, as_asked)
    assert "In 2 of 3 recordings: power line noise was removed by ZapLine [@decheveigne2020]." in text
    assert "In 1 of 3 recordings: power line noise was removed by a zero-phase notch" in text


def test_plain_infomax_is_not_called_extended():
    assert "by Infomax [@bell1995]" in SENTENCES["ica"]({"method": "infomax", "extended": False})


def test_every_step_that_has_a_sentence_exists():
    assert SENTENCES.keys() <= STEPS.keys()


@pytest.mark.parametrize("table", [LINE_NOISE, BAD_CHANNELS, UNMIXING, REFERENCES_USED])
def test_each_reference_of_a_method_is_known(table):
    assert set(CITED.findall(" ".join(table.values()))) <= REFERENCES.keys()


def test_only_versions_that_run_are_told(write):
    text, _ = write(make())
    assert describe().packages["mne"] in text
