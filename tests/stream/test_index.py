"""Which windows of an index are wanted."""

from __future__ import annotations

import pytest

from eegmill.errors import ConfigurationError
from eegmill.stream import Windows


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ({"subject": "01"}, 8),
        ({"subject": ["01", "02"], "task": "odd"}, 16),
        ([("good_fraction", ">=", 1.0)], 12),
        ([("good_fraction", "<", 1.0), ("subject", "!=", "02")], 2),
        ([("participant_age", ">", 30)], 8),
        ([("recording", "not in", ["sub-01_task-odd"])], 8),
    ],
)
def test_windows_are_chosen_by_columns(indexed, where, expected):
    assert len(Windows(indexed, where=where)) == expected


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ({"subjct": "01"}, r"no column 'subjct'; is it 'subject'\?"),
        ({"xyzzy": "01"}, r"no column 'xyzzy'; it has: recording, file, offset"),
        ([("subject", "~", "01")], "cannot be asked of the index"),
        ([("subject", ">", 3)], "cannot be asked of the index"),
        ({"subject": "09"}, r"No window of 16 in the index is where=\{'subject': '09'\}\.$"),
        ({"split": "train"}, "its column 'split' is empty"),
    ],
)
def test_what_cannot_be_asked_is_told(indexed, where, message):
    with pytest.raises(ConfigurationError, match=message):
        Windows(indexed, where=where)
