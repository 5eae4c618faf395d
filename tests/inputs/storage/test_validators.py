from __future__ import annotations

import pytest

from eegmill.inputs.storage.contract import Validators, pinned_of, validators_of
from eegmill.lock import LockedFile

OLD = {"last-modified": "Sun, 22 Nov 2026 12:00:00 GMT", "date": "Sun, 22 Nov 2026 12:01:00 GMT"}
NEW = {"last-modified": "Sun, 22 Nov 2026 12:00:01 GMT", "date": "Sun, 22 Nov 2026 12:01:00 GMT"}


@pytest.mark.parametrize(
    ("headers", "strong"),
    [
        ({"etag": '"a"', **OLD}, '"a"'),
        ({"etag": 'W/"a"', **OLD}, OLD["last-modified"]),
        ({"etag": 'W/"a"'}, None),
        (OLD, OLD["last-modified"]),
        (NEW, None),
        ({"last-modified": "yesterday", "date": "today"}, None),
        ({"last-modified": OLD["last-modified"]}, None),
        ({}, None),
    ],
)
def test_a_part_is_bound_by_a_strong_etag_or_a_date_clearly_in_the_past(headers, strong):
    assert validators_of(headers).strong == strong


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Validators("a", "Sun"), Validators("a", "Mon")),
        (Validators("a"), Validators(None, "Mon")),
        (Validators(), Validators("a")),
        (Validators(None, "Sun"), Validators(None, "Sun")),
    ],
)
def test_what_one_side_does_not_tell_is_no_difference(one, other):
    assert one.difference(other) is None


@pytest.mark.parametrize(
    ("one", "other"), [(Validators("a"), Validators("b")), (Validators(None, "Sun"), Validators(None, "Mon"))]
)
def test_a_difference_shows_both(one, other):
    assert one.difference(other).startswith(("ETag a pinned, b", "Last-Modified Sun pinned, Mon"))


def test_a_sealed_pin_is_bound_by_its_bytes_alone():
    pin = {"path": "a", "url": "https://example.org/a", "role": "raw", "etag": "a"}
    assert pinned_of(LockedFile(**pin)).strong == '"a"'
    assert pinned_of(LockedFile(**pin, sha256="00")).strong is None
