from __future__ import annotations

import pytest

from eegmill.provenance.environment import describe
from eegmill.provenance.methods import paragraph
from eegmill.provenance.references import REFERENCES
from eegmill.recording import BadChannel, Component
from eegmill.records import ComponentsRecord, Override, RecordingRecord
from eegmill.steps import STEPS
from step_records import recorded
from tiny_bids import make_raw_dataset


def make(n_bad=1, status="ok", **changes):
    eye = Component(index=0, label="eye", probability=0.95, status="bad")
    return RecordingRecord(
        recording="sub-01", status=status, recipe="eegprep", recipe_digest="0", seed=1,
        steps=(recorded("highpass", {"cutoff_hz": 0.5}),),
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
    assert "1 (SD 0) of 20 (SD 0) independent components was removed" in text
    assert "at 0.5 Hz" in text


@pytest.mark.parametrize(
    ("n_findings", "words"),
    [((1,), "1 finding and 0 bad channels"), ((2, 3), "2.5 (SD 0.7) findings and 0 (SD 0) bad channels")],
)
def test_numbers_read_as_people_write_them(write, n_findings: tuple[int, ...], words: str) -> None:
    finding = {"fault": "cut", "score": 4.0, "limit": 3.3, "done": "noted", "told": "x"}
    records = [make(steps=(recorded("inspect", findings=[finding] * n),)) for n in n_findings]
    assert f"{words} a recording" in write(*records)[0]


def test_decisions_by_a_person_are_told(write):
    text, _ = write(make(overrides=(Override(kind="channel", name="C3", decision="bad"),)))
    assert "1 of these decisions was made by a person" in text


def test_without_a_clean_recording_nothing_is_claimed(write):
    text, _ = write(make(status="rejected"))
    assert "0 of 1" in text
    assert "filter" not in text


def test_whatever_is_cited_is_known(write):
    _, keys = write(make())
    assert "widmann2015" in keys
    assert set(keys) <= REFERENCES.keys()


def sentence(name, parameters=None, **decided):
    return recorded(name, parameters, **decided).read_back().sentence


@pytest.mark.parametrize(
    ("step", "parameters", "decided", "told"),
    [
        ("flatline", {}, {}, "or clipped by the amplifier for more than 1 % of the time,"),
        ("flatline", {"max_saturated_fraction": None}, {}, "Channels flat for more than 5 s were marked bad"),
        ("line_noise", {}, {"method": "zapline", "frequency_hz": 60.0}, "ZapLine [@decheveigne2020]"),
        (
            "line_noise",
            {},
            {"method": "notch", "frequency_hz": 50.0},
            "at 50 Hz and its multiples where they stood out by at least 3 dB",
        ),
        ("ica", {"extended": False}, {"method": "infomax"}, "by Infomax [@bell1995]"),
        ("ica", {}, {"method": "infomax"}, "extended Infomax [@lee1999]"),
        (
            "ica",
            {"n_components": 0.999},
            {"method": "picard"},
            "{channels|channel|channels} that hold 0.999 of the variance",
        ),
        ("ica", {"fit_highpass_hz": 2.0}, {"method": "picard"}, "high-pass filtered at 2 Hz [@winkler2015]"),
        (
            "iclabel",
            {"eog_correlation": 0.8},
            {},
            "(muscle 0.9, eye 0.9) or it correlated with an EOG",
        ),
        ("reference", {"to": ["M1", "M2"]}, {}, "re-referenced to M1 and M2"),
        ("reference", {}, {}, "{channels|channel|channels}, {rebuilt} of which had been interpolated"),
        (
            "asr",
            {"cutoff": 10.0, "mode": "reject"},
            {},
            "rejected by artifact subspace reconstruction with a cutoff of",
        ),
        (
            "asr",
            {"full_at": 1.5},
            {},
            "s; a component beyond its limit was removed in part, with a weight that rose from 0 at the limit to 1 at "
            "1.5 times the limit, and as a whole beyond that: {changed} %",
        ),
        (
            "iclabel",
            {"forehead_eye": 0.25},
            {},
            "eye 0.25 where electrodes on the forehead had at least 4 times the power of others, with a certainty that "
            "rose in log odds from 0 there to 1 at a probability of 0.9)",
        ),
        (
            "iclabel",
            {"forehead_events": 10.0},
            {},
            "it was 10 robust standard deviations and more away from its median in 2 % of the time (0.5 to 15 Hz) "
            "where electrodes on the forehead had 2.3 times the power of others, with a certainty that rose from 0",
        ),
        (
            "remove_components",
            {"mode": "targeted"},
            {"removed": [0], "of": 2},
            "from 0 at 3 to 1 at 4 robust standard deviations (4/√c where a component was one of the eyes with",
        ),
        ("remove_components", {}, {"removed": [0], "of": 2}, "were subtracted: {variance} % of the variance."),
        ("windows", {"action": "cut"}, {"bad_s": 1.0}, "abnormal (RMS above 7 standard deviations) were cut out"),
        ("resample", {"sfreq_hz": 250.0}, {"sfreq_hz": 250.0}, "resampled to 250 Hz"),
        ("epochs", {"length_s": 2.0}, {}, "Epochs of 2 s were cut; those that touched bad segments,"),
        (
            "epochs",
            {"events": ["go"], "baseline": [None, 0]},
            {},
            "events go were cut, with the mean from -0.2 to 0 s",
        ),
        ("epochs", {"events": ["go"]}, {}, "Epochs from -0.2 to 0.8 s around the events go were cut, without baseline"),
        (
            "autoreject",
            {},
            {"method": "local"},
            "10 folds of cross-validation) [@jas2017]: {dropped|was|were} rejected",
        ),
        ("annotate", {}, {}, "muscle activity (110 to 140 Hz, z above 4) [@muthukumaraswamy2013]"),
        ("import", {"unit_factor": 1e-6}, {}, "samples were multiplied by 1e-06"),
    ],
)
def test_a_sentence_holds_the_method_that_was_used_and_its_limits(step, parameters, decided, told):
    assert told in sentence(step, parameters, **decided).text


@pytest.mark.parametrize("parameters", [{"full_at": 1.0}, {"full_at": 1.5, "mode": "reject"}])
def test_bursts_that_go_as_a_whole_are_not_told_to_go_in_part(parameters):
    assert "in part" not in sentence("asr", parameters).text


def detector(name):
    return {"name": name, "quantity": "", "limit": None, "scores": {}, "bad": []}


def test_only_the_criteria_that_were_tested_are_told():
    text = sentence("bad_channels", detectors=[detector("dead"), detector("ransac")]).text
    assert "a correlation below 0.8 with the prediction from others (RANSAC, 50 subsets of 25 % of" in text
    assert "noise above 50 Hz" not in text


def test_prep_is_cited_where_it_ran():
    ran = sentence("bad_channels", method="prep", detectors=[detector("prep ransac")]).text
    assert "PREP pipeline [@bigdelyshamlo2015]" in ran
    assert "PREP" not in sentence("bad_channels", method="prep").text


@pytest.mark.parametrize("name", STEPS)
def test_a_step_that_had_nothing_to_do_is_not_told(write, name):
    idle = recorded(name, applied=False)
    assert write(make(steps=(idle,))) == write(make(steps=()))


def test_the_method_that_was_used_is_told_with_its_share(write):
    fell_back = make(steps=(recorded("line_noise", {"method": "zapline"}, method="notch", frequency_hz=50.0),))
    as_asked = make(steps=(recorded("line_noise", {"method": "zapline"}, method="zapline", frequency_hz=50.0),))
    text, _ = write(as_asked, fell_back, as_asked)
    assert "In 2 of 3 recordings: power line noise was removed by ZapLine [@decheveigne2020]" in text
    assert "In 1 of 3 recordings: power line noise was removed by a zero-phase notch filter" in text


def test_figures_are_averages_over_the_recordings_that_a_sentence_is_about(write):
    some, more = (make(steps=(recorded("epochs", kept=kept, found=100),)) for kept in (90, 100))
    assert "95 (SD 7.1) of 100 (SD 0) kept" in write(some, more)[0]


def test_braces_in_the_name_of_an_event_are_left_alone(write):
    text, _ = write(make(steps=(recorded("epochs", {"events": ["{go}"]}, kept=1, found=2),)))
    assert "around the events {go} were cut" in text


def test_the_seed_is_told(write):
    assert "All random numbers come from the seed 1." in write(make())[0]


def test_only_versions_that_run_are_told(write):
    text, _ = write(make())
    assert describe().packages["mne"] in text
