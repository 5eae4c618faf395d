"""A recording at a glance."""

from __future__ import annotations

from eegmill.recording import BadChannel, Component
from eegmill.records import ComponentsRecord, RecordingRecord
from eegmill.report.verdict import lights_of, n_borderline, sentence_of
from step_records import recorded

CLASSES = ("brain", "muscle", "eye", "heart", "line_noise", "channel_noise", "other")


def component(index: int, **values: float) -> dict[str, float]:
    return {"index": index, **dict.fromkeys(CLASSES, 0.0), **values}


def record(**changes: object) -> RecordingRecord:
    removed = tuple(
        Component(index=i, label=name, probability=0.95, status="bad")
        for i, name in enumerate(("eye", "eye", "muscle"))
    )
    values: dict[str, object] = {
        "recording": "sub-01",
        "status": "ok",
        "recipe": "x",
        "recipe_digest": "0",
        "seed": 1,
        "bad_channels": tuple(BadChannel(name=f"C{i}", reasons=("flat",)) for i in range(4)),
        "components": ComponentsRecord(total=28, removed=removed),
        "metrics": {"n_eeg_channels": 32, "duration_s": 100.0, "good_s": 96.0, "missing_fraction": 0.0},
    }
    return RecordingRecord.model_validate(values | changes)


def test_one_sentence_says_what_became_of_a_recording() -> None:
    assert sentence_of(record()) == (
        "4 of 32 channels bad, 3 of 28 components removed (2 eye, 1 muscle), 96 % of the time kept."
    )


def test_time_that_was_cut_out_is_not_kept() -> None:
    segments = [{"onset_s": 1.0, "duration_s": 100.0, "description": "BAD_window"}]
    cut = record(steps=(recorded("windows", {"action": "cut"}, segments=segments),))
    assert "48 % of the time kept" in sentence_of(cut)


def test_what_is_near_to_a_threshold_is_borderline() -> None:
    near = recorded("iclabel", components=[component(0, eye=0.91), component(1, muscle=0.86), component(2, eye=0.5)])
    assert n_borderline(record(steps=(near,))) == 2
    assert sentence_of(record(steps=(near,))).endswith("2 decisions borderline.")


def test_missing_samples_are_a_light_of_their_own() -> None:
    lights = {light.name: light.level for light in lights_of(record(metrics={"missing_fraction": 0.005}))}
    assert lights == {"samples missing": "fair", "components removed": "good"}


def test_many_bad_channels_are_poor() -> None:
    bad = tuple(BadChannel(name=f"C{i}", reasons=("flat",)) for i in range(9))
    assert {light.name: light.level for light in lights_of(record(bad_channels=bad))}["channels bad"] == "poor"


def found(fault: str, done: str) -> dict[str, object]:
    return {"fault": fault, "score": 1e6, "limit": 30.0, "done": done, "told": "x"}


def test_no_page_is_all_green_where_the_size_of_the_whole_recording_is_in_doubt() -> None:
    doubtful = record(steps=(recorded("import", suspicious_amplitude="median amplitude 1e+07 µV: is the unit right?"),))
    first, *others = lights_of(doubtful)
    assert (first.name, first.value, first.level) == ("in doubt", "size", "poor")
    assert tuple(others) == lights_of(record())
    assert sentence_of(doubtful).startswith("Size is in doubt, 4 of 32 channels bad")


def test_what_several_steps_doubt_is_told_once() -> None:
    steps = (
        recorded("import", amplitude_doubts=["the median amplitude of changes in 20 ms is 900 µV"]),
        recorded(
            "inspect", findings=[found("file_gain", "noted"), found("rate", "noted"), found("gain", "marked bad")]
        ),
    )
    assert sentence_of(record(steps=steps)).startswith("Size and sampling rate are in doubt, ")


def test_what_was_put_right_is_no_doubt() -> None:
    assert lights_of(record(steps=(recorded("inspect", findings=[found("inverted_file", "corrected")]),))) == lights_of(
        record()
    )
