"""What the script of a page draws."""

from __future__ import annotations

import base64
import json
import zlib
from typing import Any

import mne
import numpy as np

from eegmill.recording import BadChannel
from eegmill.records import RecordingRecord
from eegmill.report.figures import Figures
from eegmill.report.page import recording_page
from eegmill.report.scrubber import MAX_EVENTS, scrubber_data
from eegmill.report.signals import before_of
from step_records import recorded

SEGMENT = {"onset_s": 1.0, "duration_s": 2.0, "description": "BAD_asr"}


def raw(*marks: tuple[float, float, str]) -> mne.io.RawArray:
    info = mne.create_info(["Fz", "Cz", "EOG", "STI"], 100.0, ["eeg", "eeg", "eog", "stim"])
    made = mne.io.RawArray(np.random.default_rng(0).normal(scale=1e-5, size=(4, 1000)), info, verbose="error")
    onsets, durations, names = zip(*marks, strict=True) if marks else ((), (), ())
    return made.set_annotations(mne.Annotations(onsets, durations, names))


def record(*steps: object, **changes: object) -> RecordingRecord:
    values = {"recording": "a", "status": "ok", "recipe": "x", "recipe_digest": "0", "seed": 0, "steps": steps}
    return RecordingRecord.model_validate(values | changes)


def data_of(*steps: object, after: mne.io.RawArray | None = None, **changes: object) -> dict[str, Any]:
    return scrubber_data(None, after or raw(), record(*steps, **changes), renamed={})


def test_all_channels_with_a_signal_are_there_and_bad_ones_say_why() -> None:
    data = data_of(bad_channels=(BadChannel(name="Cz", reasons=("flat", "noisy")),))
    assert [item["name"] for item in data["channels"]] == ["Fz", "Cz", "EOG"]
    assert data["channels"][1] == {"name": "Cz", "kind": "eeg", "bad": "flat; noisy", "fate": "interpolated"}


def test_a_channel_that_was_renamed_is_compared_with_its_old_self() -> None:
    before = before_of(raw().rename_channels({"Fz": "EEG 1"}), np.ones(1000, dtype=bool))
    data: dict[str, Any] = scrubber_data(before, raw(), record(), renamed={"Fz": "EEG 1"})
    assert data["compared"] == [0, 1, 2]
    codes = np.frombuffer(zlib.decompress(base64.b64decode(data["before"]["packed"])), np.int8)
    assert codes.size == 3 * 2 * data["n_steps"]


def test_bad_stretches_and_events_are_kept_apart() -> None:
    data = data_of(after=raw((1.0, 0.0, "go"), (2.0, 1.5, "BAD_muscle"), (3.0, 0.0, "stop"), (4.0, 0.0, "go")))
    assert data["segments"] == [[2.0, 1.5, "BAD_muscle", []]]
    assert [data["event_names"][place] for place in data["event_places"]] == ["go", "stop", "go"]


def test_events_beyond_the_limit_are_counted() -> None:
    data = data_of(after=raw(*[(0.001 * place, 0.0, "go") for place in range(MAX_EVENTS + 3)]))
    assert (len(data["event_onsets_s"]), data["events_left_out"]) == (MAX_EVENTS, 3)


def test_what_asr_repaired_is_shown_but_not_what_it_only_marked() -> None:
    assert data_of(recorded("asr", segments=[SEGMENT]))["repaired"] == [[1.0, 2.0]]
    assert data_of(recorded("asr", {"mode": "reject"}, segments=[SEGMENT]))["repaired"] == []


def test_where_samples_were_cut_out_no_stretch_can_be_marked() -> None:
    assert data_of()["may_mark"]
    assert not data_of(recorded("windows", {"action": "cut"}))["may_mark"]


def test_names_of_marks_cannot_leave_the_script_element() -> None:
    data = data_of(after=raw((1.0, 1.0, "BAD_</script><script>alert(1)</script>")))
    page = recording_page(record(), Figures(scrubber=data), version="0")
    inside = page.split('id="recording-data">')[1].split("</script>")[0]
    assert json.loads(inside)["segments"][0][2] == "BAD_</script><script>alert(1)</script>"
    assert "<script>alert" not in page
