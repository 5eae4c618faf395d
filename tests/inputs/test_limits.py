from __future__ import annotations

import pytest

from eegmill.errors import ConfigurationError
from eegmill.inputs.limits import Limits


def test_limits_come_from_the_environment(monkeypatch):
    monkeypatch.setenv("EEGMILL_TRANSFERS", "3")
    assert Limits.from_environment() == Limits(transfers=3)


@pytest.mark.parametrize("value", ["0", "-1", "many", "1.5"])
def test_a_limit_that_is_no_count_is_named(monkeypatch, value):
    monkeypatch.setenv("EEGMILL_PARALLEL", value)
    with pytest.raises(ConfigurationError, match=f"EEGMILL_PARALLEL is '{value}'"):
        Limits.from_environment()
