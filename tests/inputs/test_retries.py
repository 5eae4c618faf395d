from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eegmill.errors import SourceError
from eegmill.inputs.retries import retried
from eegmill.inputs.storage.faults import Missing, Transient
from eegmill.retries import LONGEST_WAIT_S, pause_s, retry_after_s
from pinned import QUICK


def failing(times, error):
    tries = iter(range(100))

    def action():
        if next(tries) < times:
            raise error
        return "done"

    return action


def test_what_works_the_third_time_is_done():
    assert retried(failing(2, Transient("busy")), QUICK) == "done"


def test_what_never_works_ends_with_the_last_reason():
    with pytest.raises(SourceError, match=r"Given up after 4 tries\. The last: busy"):
        retried(failing(99, Transient("busy")), QUICK)


def test_what_cannot_get_better_is_not_tried_again():
    with pytest.raises(Missing):
        retried(failing(1, Missing("gone")), QUICK)


@given(failures=st.integers(0, 30), asked=st.none() | st.floats(0, 1e6))
def test_a_pause_is_as_long_as_asked_for_and_never_over_a_minute(failures, asked):
    pause = pause_s(0.5, failures, asked_s=asked)
    assert min(asked or 0, LONGEST_WAIT_S) <= pause <= LONGEST_WAIT_S


@given(value=st.text(max_size=30) | st.from_regex(r"[0-9]{1,40}", fullmatch=True))
def test_whatever_a_server_writes_as_retry_after_is_a_wait_or_nothing(value):
    wait = retry_after_s(value)
    assert wait is None or wait >= 0
