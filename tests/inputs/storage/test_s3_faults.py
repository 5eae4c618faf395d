"""The faults of test_transfer.py, by way of S3; small objects in one request, large ones in pieces."""

from __future__ import annotations

import hashlib

import pytest

from eegmill.errors import ChangedSource, SourceError
from eegmill.inputs.fetch.recording import fetch_recording
from eegmill.inputs.storage import ranges
from eegmill.inputs.storage.s3 import ENDPOINT
from pinned import QUICK, RAW, files_in, lock_of, locked
from server_fixtures import forget_servers
from web_server import (
    answers,
    drips,
    etag_of,
    ignores_ranges,
    resets_after,
    says_length,
    says_range,
    serves,
    stalls_after,
    truncates_after,
)

KEY = f"openneuro.org/ds000001/{RAW}"
DATA = hashlib.shake_256(b"s3").digest(300_000)
OTHER = hashlib.shake_256(b"other").digest(300_000)


@pytest.fixture(params=["one request", "pieces"])
def lock(request, web, monkeypatch):
    """A lock of one file on the misbehaving server, addressed as S3."""
    monkeypatch.setenv(ENDPOINT, web.url)
    forget_servers()
    if request.param == "pieces":
        monkeypatch.setattr(ranges, "LARGE_BYTES", 1000)
        monkeypatch.setattr(ranges, "PIECE_BYTES", 70_000)
    web.files[KEY] = DATA
    yield lock_of(locked(RAW, f"s3://{KEY}", size=len(DATA), etag=etag_of(DATA).strip('"')))
    forget_servers()


def fetch(lock, root):
    return fetch_recording(lock, "sub-01_task-rest", root, limits=QUICK)


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(answers(503), id="503"),
        pytest.param(answers(500), id="500"),
        pytest.param(truncates_after(50_000), id="truncated"),
        pytest.param(truncates_after(0), id="empty body"),
        pytest.param(resets_after(50_000), id="reset"),
        pytest.param(stalls_after(50_000), id="stalled"),
        pytest.param(drips, id="slow drip"),
        pytest.param(ignores_ranges, id="ranges ignored"),
    ],
)
def test_after_one_fault_the_bytes_equal_the_source(web, lock, tmp_path, fault):
    web.faults[KEY].append(fault)
    fetch(lock, tmp_path)
    assert files_in(tmp_path) == {RAW: DATA}


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        pytest.param(answers(503), "4 tries. The last: ", id="503"),
        pytest.param(truncates_after(0), "4 tries. The last: ", id="truncated"),
        pytest.param(answers(404), "does not exist", id="404"),
        pytest.param(answers(403), "may not be read anonymously", id="403"),
        pytest.param(says_length(10), "10 bytes there now|10 there now|4 tries", id="wrong length"),
    ],
)
def test_a_fault_that_lasts_is_the_reason_and_no_file_is_there(web, lock, tmp_path, fault, reason):
    web.always[KEY] = fault
    with pytest.raises(SourceError, match=reason):
        fetch(lock, tmp_path)
    assert files_in(tmp_path) == {}


@pytest.mark.parametrize("fault", [ignores_ranges, says_range("bytes 7-9/300000"), says_range("none")])
def test_a_server_that_never_keeps_to_ranges_is_read_in_one_request(web, lock, tmp_path, fault):
    web.always[KEY] = fault
    fetch(lock, tmp_path)
    assert files_in(tmp_path) == {RAW: DATA}


def test_an_object_that_changes_in_the_middle_is_never_mixed(web, lock, tmp_path):
    web.faults[KEY].append(truncates_after(50_000))
    web.always[KEY] = serves(OTHER)
    with pytest.raises(ChangedSource):
        fetch(lock, tmp_path)
    assert files_in(tmp_path) == {}
