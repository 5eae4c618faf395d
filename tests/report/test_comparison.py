"""Two derivatives side by side."""

from __future__ import annotations

from eegmill.recording import BadChannel
from eegmill.records import RecordingRecord
from eegmill.report.comparison import Side, changed_figures, compared_recordings, comparison_page, step_differences
from step_records import recorded


def record(name: str, *bad: str, good_s: float = 50.0, status: str = "ok") -> RecordingRecord:
    return RecordingRecord.model_validate(
        {
            "recording": name,
            "status": status,
            "recipe": "x",
            "recipe_digest": "0",
            "seed": 0,
            "bad_channels": [BadChannel(name=channel, reasons=("flat",)) for channel in bad],
            "metrics": {"duration_s": 100.0, "good_s": good_s},
        }
    )


def side(*records: RecordingRecord, **versions: str) -> Side:
    return Side("eegmill-x", {one.recording: one for one in records}, {}, {}, versions)


def test_channels_that_are_bad_in_one_alone_are_told_apart() -> None:
    (row,) = compared_recordings(side(record("a", "T7", "Fz")), side(record("a", "Fz", "Cz")))
    assert (row.bad_in_both, row.bad_in_one, row.differs) == (("Fz",), (("T7",), ("Cz",)), True)


def test_what_is_the_same_does_not_differ() -> None:
    (row,) = compared_recordings(side(record("a", "T7")), side(record("a", "T7")))
    assert not row.differs


def test_a_recording_of_one_side_alone_is_there() -> None:
    rows = compared_recordings(side(record("a")), side(record("a"), record("b", status="failed")))
    assert [(row.recording, row.statuses) for row in rows] == [("a", ("ok", "ok")), ("b", ("–", "failed"))]


def test_steps_are_aligned_and_their_parameters_compared() -> None:
    first = [recorded("highpass", {"cutoff_hz": 1.0}), recorded("flatline", flat_channels=[])]
    second = [recorded("highpass", {"cutoff_hz": 0.5}), recorded("reference"), recorded("flatline", flat_channels=[])]
    found = {item.name: item.values for item in step_differences(first, second)}
    assert found == {"highpass: cutoff (Hz)": ("1", "0.5"), "reference": ("", "in the recipe")}


def test_figures_are_compared_over_what_both_have() -> None:
    first = side(record("a", good_s=50.0), record("b", good_s=90.0), record("c"))
    second = side(record("a", good_s=60.0), record("b", good_s=90.0))
    (kept,) = changed_figures(first, second, ["a", "b"])
    assert (kept.name, kept.medians, kept.n_more, kept.n_less, kept.n) == ("time kept (%)", (70.0, 75.0), 1, 0, 2)


def test_the_page_tells_versions_and_keeps_names_inert() -> None:
    page = comparison_page(side(record("<b>x"), mne="1"), side(record("<b>x"), mne="2"), version="0")
    assert "<b>x" not in page
    assert "version of mne" in page
