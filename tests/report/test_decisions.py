"""What a person can decide otherwise."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eegmill.config.overrides import COLUMNS, override_cells, override_line, read_overrides
from eegmill.recording import Component
from eegmill.records import Override
from eegmill.report.decisions import Change, Decider, segment_rows
from eegmill.report.marks import Mark

DECIDER = Decider("ds1", "sub-01_task-rest")
EYE = Component(index=3, label="eye", probability=0.95, status="bad")


def read_back(tmp_path: Path, *changes: Change) -> list[tuple[str, str, Override]]:
    path = tmp_path / "overrides.tsv"
    path.write_text("\n".join(["\t".join(COLUMNS), *(change.line for change in changes)]) + "\n", encoding="utf-8")
    return [(row.dataset, row.recording, row.override) for row in read_overrides(path)]


def test_the_lines_of_a_page_are_read_as_overrides(tmp_path: Path) -> None:
    changes = DECIDER.channel("T7", bad=True), DECIDER.component(EYE), DECIDER.segment(1234.5678, 0.25)
    assert read_back(tmp_path, *changes) == [
        ("ds1", "sub-01_task-rest", Override(kind="channel", name="T7", decision="good")),
        ("ds1", "sub-01_task-rest", Override(kind="component", name="3", decision="good")),
        ("ds1", "sub-01_task-rest", Override(kind="segment", onset_s=1234.5678, duration_s=0.25, decision="good")),
    ]


@pytest.mark.parametrize("name", ['"', 'a"b', "a\tb", "<script>"])
def test_any_name_of_a_channel_survives_the_table(tmp_path: Path, name: str) -> None:
    assert read_back(tmp_path, DECIDER.channel(name, bad=False))[0][2].name == name


@given(st.floats(0, 1e6), st.floats(1e-3, 1e5))
def test_times_keep_their_digits(onset_s: float, duration_s: float) -> None:
    override = Override(kind="segment", onset_s=onset_s, duration_s=duration_s, decision="bad")
    cells = override_line(override_cells("a", "b", override)).split("\t")
    assert float(cells[4]) == pytest.approx(onset_s, rel=1e-11)
    assert float(cells[5]) == pytest.approx(duration_s, rel=1e-11)


def test_what_no_override_can_change_has_no_line() -> None:
    whole, partly = Mark(1.0, 2.0, "BAD_window", ()), Mark(1.0, 2.0, "BAD_chan", ("T7",))
    assert [row.change is not None for row in segment_rows([whole, partly], DECIDER, may_mark=True)] == [True, False]
    assert segment_rows([whole], DECIDER, may_mark=False)[0].change is None
