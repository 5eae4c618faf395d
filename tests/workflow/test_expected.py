"""What a run is expected to give."""

from __future__ import annotations

from pathlib import Path

import pytest

from eegmill.errors import ConfigurationError
from eegmill.workflow.expected import Expected, ExpectedRecording, differences, read_expected, write_expected

SAME, OTHER = "mne 1.13.0 numpy 2.4.0", "mne 1.13.0 numpy 2.5.0"
ONE = ExpectedRecording(
    status="ok",
    bad_channels=("Fp1",),
    removed_components=(5,),
    metrics={"good_fraction": 0.97, "reference": "average"},
    files={"sub-01_eeg.eeg": "a" * 64},
)


def expected(recording: ExpectedRecording | None = ONE, libraries: str = SAME) -> Expected:
    return Expected(libraries=libraries, datasets={"ds1": {} if recording is None else {"sub-01": recording}})


def changed(**fields: object) -> ExpectedRecording:
    return ONE.model_copy(update=fields)


def test_the_same_is_as_expected() -> None:
    assert differences(expected(), expected()) == []


@pytest.mark.parametrize(
    ("fields", "line"),
    [
        ({"status": "rejected"}, "status: rejected, expected ok"),
        ({"bad_channels": ("Fp1", "T6")}, "bad_channels: Fp1, T6, expected Fp1"),
        ({"removed_components": ()}, "removed_components: none, expected 5"),
        ({"metrics": {"good_fraction": 0.5, "reference": "average"}}, "good_fraction: 0.5, expected 0.97"),
        ({"files": {"sub-01_eeg.eeg": "b" * 64}}, "sub-01_eeg.eeg: other bytes (bbbbbbbbbbbb, expected aaaaaaaaaaaa)"),
        ({"files": {}}, "sub-01_eeg.eeg: is missing"),
    ],
)
def test_each_difference_is_one_line_with_both_values(fields: dict[str, object], line: str) -> None:
    assert differences(expected(), expected(changed(**fields))) == [f"ds1 sub-01: {line}"]


def test_a_recording_on_one_side_alone_is_a_difference() -> None:
    assert differences(expected(), expected(None)) == ["ds1 sub-01: is expected, and not there"]
    assert differences(expected(None), expected()) == ["ds1 sub-01: is not expected"]


def test_other_libraries_may_change_bits_and_metrics_by_a_little() -> None:
    near = changed(metrics={"good_fraction": 0.971, "reference": "average"}, files={"sub-01_eeg.eeg": "b" * 64})
    assert differences(expected(), expected(near, OTHER)) == []


def test_other_libraries_may_change_no_decision_and_are_named() -> None:
    told = differences(expected(), expected(changed(bad_channels=()), OTHER))
    assert told == [
        "other libraries, so bits may differ and metrics by 1%: numpy 2.5.0",
        "ds1 sub-01: bad_channels: none, expected Fp1",
    ]


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    write_expected(tmp_path / "expected.json", expected())
    assert read_expected(tmp_path / "expected.json") == expected()


def test_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "expected.json").write_text("[]")
    with pytest.raises(ConfigurationError, match="write it again"):
        read_expected(tmp_path / "expected.json")
    with pytest.raises(ConfigurationError, match="does not exist"):
        read_expected(tmp_path / "nothing.json")
