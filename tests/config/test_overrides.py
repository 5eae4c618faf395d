"""Overrides: a person's word wins, and a wrong row is named."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Literal

import mne
import numpy as np
import pytest

from eegmill.config.overrides import check_recordings, lay_over, lay_over_components, read_overrides
from eegmill.errors import ConfigurationError
from eegmill.recording import Component, Recording
from eegmill.records import Override

HEADER = "dataset\trecording\tkind\tname\tonset\tduration\tdecision\treason\n"


def recording(*annotations: tuple[float, float, str]) -> Recording:
    info = mne.create_info(["Fz", "Cz", "Pz"], 100.0, "eeg")
    raw = mne.io.RawArray(np.zeros((3, 1000)), info, verbose="error")
    for onset, duration, name in annotations:
        raw.annotations.append(onset, duration, name)
    return Recording(raw)


def listed(item: Recording) -> list[tuple[float, float, str]]:
    return [(float(a["onset"]), float(a["duration"]), str(a["description"])) for a in item.raw.annotations]


def test_rows_are_read_with_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "overrides.tsv"
    path.write_text(HEADER + "ds1\tsub-01_task-a\tchannel\tFz\tn/a\tn/a\tbad\tloose\n", encoding="utf-8")
    (row,) = read_overrides(path)
    assert row.line == 2
    assert row.override == Override(kind="channel", name="Fz", decision="bad", reason="loose")


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("ds1\tsub-01\tchanel\tFz\t\t\tbad\t", "line 2, column 'kind': 'chanel'"),
        ("ds1\tsub-01\tchannel\tFz\t\t\tworse\t", "column 'decision': 'worse'"),
        ("ds1\tsub-01\tsegment\t\tsoon\t1\tbad\t", "onset and duration are seconds"),
        ("ds1\tsub-01\tsegment\t\t1\t\tbad\t", "a segment needs an onset and a duration"),
        ("ds1\tsub-01\tsegment\t\t-1\t2\tbad\t", "starts at 0 s or later"),
        ("ds1\tsub-01\tsegment\t\tnan\t2\tbad\t", "finite number"),
        ("ds1\tsub-01\tsegment\tFz\t1\t2\tbad\t", "leave its name empty"),
        ("ds1\tsub-01\tchannel\tFz\t1\t2\tbad\t", "leave its onset and duration empty"),
        ("ds1\tsub-01\tcomponent\t\t\t\tbad\t", "a component needs a name"),
    ],
)
def test_a_wrong_row_is_named(tmp_path: Path, row: str, words: str) -> None:
    path = tmp_path / "overrides.tsv"
    path.write_text(HEADER + row + "\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r".") as error:
        read_overrides(path)
    assert words in str(error.value)


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    path = tmp_path / "overrides.tsv"
    path.write_text("dataset\trecording\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="lack the column 'kind'"):
        read_overrides(path)


def test_an_unknown_recording_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "overrides.tsv"
    path.write_text(HEADER + "ds1\tsub-9\tchannel\tFz\t\t\tbad\t\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="has no recording 'sub-9'"):
        check_recordings(read_overrides(path), "ds1", ["sub-1"])


def test_a_channel_called_bad_is_bad_with_the_reason() -> None:
    result = lay_over(recording(), [Override(kind="channel", name="Cz", decision="bad", reason="loose")])
    assert result.raw.info["bads"] == ["Cz"]
    assert result.bad_channels[0].reasons == ("manual: loose",)


def test_a_channel_called_good_is_good_again() -> None:
    judged = recording().mark_bad({"Cz": "noisy", "Pz": "flat"})
    result = lay_over(judged, [Override(kind="channel", name="Cz", decision="good")])
    assert result.raw.info["bads"] == ["Pz"]
    assert [channel.name for channel in result.bad_channels] == ["Pz"]


def test_an_unknown_channel_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"channel 'Oz'; the recording has Fz, Cz, Pz"):
        lay_over(recording(), [Override(kind="channel", name="Oz", decision="bad")])


def test_a_segment_called_good_is_cut_out_of_bad_ones_and_spares_events() -> None:
    begun = recording((1.0, 4.0, "BAD_window"), (2.5, 0.0, "square"))
    result = lay_over(begun, [Override(kind="segment", onset_s=2.0, duration_s=1.0, decision="good")])
    assert listed(result) == [(1.0, 1.0, "BAD_window"), (2.5, 0.0, "square"), (3.0, 2.0, "BAD_window")]


def test_what_is_left_of_a_split_annotation_keeps_its_channels_and_fields() -> None:
    begun = recording()
    begun.raw.set_annotations(mne.Annotations([1.0], [4.0], ["BAD_drift"], ch_names=[("Fz",)], extras=[{"by": "me"}]))
    lay_over(begun, [Override(kind="segment", onset_s=2.0, duration_s=1.0, decision="good")])
    assert listed(begun) == [(1.0, 1.0, "BAD_drift"), (3.0, 2.0, "BAD_drift")]
    assert [item["ch_names"] for item in begun.raw.annotations] == [("Fz",), ("Fz",)]
    assert [dict(item["extras"]) for item in begun.raw.annotations] == [{"by": "me"}, {"by": "me"}]


def test_a_segment_called_bad_twice_is_there_once() -> None:
    override = Override(kind="segment", onset_s=2.0, duration_s=1.0, decision="bad")
    result = lay_over(lay_over(recording(), [override]), [override])
    assert listed(result) == [(2.0, 1.0, "BAD_manual")]


@pytest.mark.parametrize("decision", ["bad", "good"])
def test_a_discontinuity_stays_whatever_a_person_says(decision: Literal["bad", "good"]) -> None:
    begun = recording((3.0, 0.0, "BAD boundary"), (4.0, 1.0, "BAD_ACQ_SKIP"))
    result = lay_over(begun, [Override(kind="segment", onset_s=2.0, duration_s=5.0, decision=decision)])
    assert {(3.0, 0.0, "BAD boundary"), (4.0, 1.0, "BAD_ACQ_SKIP")} <= set(listed(result))


def test_a_segment_behind_the_end_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="from 10 s on; the recording has 10 s"):
        lay_over(recording(), [Override(kind="segment", onset_s=10.0, duration_s=1.0, decision="bad")])


def test_a_channel_called_bad_that_was_interpolated_stays_repaired() -> None:
    repaired = replace(recording(), interpolated=("Cz",))
    result = lay_over(repaired, [Override(kind="channel", name="Cz", decision="bad")])
    assert result.raw.info["bads"] == []


def test_a_component_takes_the_word_of_a_person() -> None:
    base = recording()
    labelled = Recording(base.raw, components=(Component(index=0, label="brain", probability=0.9, status="good"),))
    result = lay_over_components(labelled, [Override(kind="component", name="0", decision="bad", reason="heart")])
    assert (result.components[0].status, result.components[0].reason) == ("bad", "manual: heart")


def test_an_unknown_component_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="names component '7'"):
        lay_over_components(recording(), [Override(kind="component", name="7", decision="bad")])
