"""Epochs on a page."""

from __future__ import annotations

import mne
import numpy as np

from eegmill.records import RecordingRecord
from eegmill.report.averages import channels_shown, epochs_shown
from step_records import recorded


def record(*steps: object) -> RecordingRecord:
    values = {"recording": "a", "status": "ok", "recipe": "x", "recipe_digest": "0", "seed": 0, "steps": steps}
    return RecordingRecord.model_validate(values)


def epochs(codes: list[int], names: dict[str, int]) -> mne.EpochsArray:
    data = np.random.default_rng(0).normal(scale=1e-5, size=(len(codes), 2, 100))
    events = np.array([[100 * place, 0, code] for place, code in enumerate(codes)])
    info = mne.create_info(["Fz", "Pz"], 100.0, "eeg")
    return mne.EpochsArray(data, info, events, -0.2, names, verbose="error")


def test_conditions_of_which_nothing_was_kept_are_listed() -> None:
    cut = recorded(
        "epochs",
        counts=[{"event": "a", "found": 5, "kept": 3}, {"event": "b", "found": 2, "kept": 0}],
        dropped=[{"onset_s": 1.0, "event": "b", "reason": "BAD_muscle"}] * 4,
    )
    shown = epochs_shown(record(cut), epochs([1, 1, 1], {"a": 1}))
    assert [(item.event, item.found, item.kept) for item in shown.conditions] == [("a", 5, 3), ("b", 2, 0)]
    assert [(item.reason, item.count) for item in shown.drops] == [("BAD_muscle", 4)]


def test_names_with_strokes_are_conditions_of_their_own() -> None:
    shown = epochs_shown(record(), epochs([1, 2, 2], {"face/old": 1, "face/new": 2}))
    assert [(item.event, item.kept) for item in shown.conditions] == [("face/new", 2), ("face/old", 1)]
    assert "nan" not in shown.figure


def test_pieces_of_equal_length_have_no_average() -> None:
    assert epochs_shown(record(), epochs([1, 1], {"epoch": 1})).figure == ""


def test_names_of_conditions_cannot_inject_markup() -> None:
    assert "<b>" not in epochs_shown(record(), epochs([1, 1], {"<b>": 1})).figure


def test_the_midline_is_shown_where_it_is_there() -> None:
    assert channels_shown(["Cz", "O1", "Fz"]) == ("Fz", "Cz")
    assert channels_shown(["E1", "E2", "E3", "E4", "E5", "E6", "E7"]) == ("E1", "E3", "E5", "E7")
