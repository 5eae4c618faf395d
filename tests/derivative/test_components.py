from __future__ import annotations

from eegmill.derivative.components import COLUMNS, DESCRIPTIONS, component_rows
from eegmill.recording import Component


def test_components_come_by_index_with_label_and_fate():
    eye = Component(index=1, label="eye blink", probability=0.97, status="bad", reason="eye blink >= 0.9")
    brain = Component(index=0, label="brain", probability=0.8, status="good")
    rows = component_rows([eye, brain])
    assert [row["component"] for row in rows] == [0, 1]
    assert (rows[1]["label"], rows[1]["status"]) == ("eye blink", "bad")
    assert rows[1]["status_description"] == "eye blink >= 0.9"


def test_every_column_is_described():
    assert set(COLUMNS) == DESCRIPTIONS.keys()
