"""A large file over HTTP in pieces side by side, and the same faults as in one stream."""

from __future__ import annotations

import hashlib
import threading

import pytest

from eegmill.errors import ChangedSource, SourceError
from eegmill.inputs.fetch.recording import fetch_recording
from eegmill.inputs.storage import ranges
from pinned import QUICK, RAW, files_in, lock_of, web_file
from web_server import (
    answers,
    drips,
    etag_of,
    ignores_ranges,
    redirects_to,
    resets_after,
    says_range,
    serves,
    stalls_after,
    truncates_after,
    without,
)

DATA = hashlib.shake_256(b"http").digest(300_000)
OTHER = hashlib.shake_256(b"other").digest(300_000)
DATE = "Sun, 22 Nov 2026 12:00:00 GMT"
PIECE = 40_000


@pytest.fixture(autouse=True)
def _small_pieces(monkeypatch):
    monkeypatch.setattr(ranges, "LARGE_BYTES", 1000)
    monkeypatch.setattr(ranges, "PIECE_BYTES", PIECE)


def pins_of(data, kind):
    return {
        "etag": {"etag": etag_of(data).strip('"')},
        "date": {"last_modified": DATE},
        "md5": {"md5": hashlib.md5(data).hexdigest()},
        "size": {},
    }[kind]


def fetch(lock, root):
    return fetch_recording(lock, "sub-01_task-rest", root, limits=QUICK)


@pytest.mark.parametrize("kind", ["etag", "date", "md5", "size"])
def test_a_large_file_comes_in_pieces_that_cover_it_once(web, tmp_path, kind):
    web.etags = kind == "etag"
    fetch(lock_of(web_file(web, DATA, **pins_of(DATA, kind))), tmp_path)
    assert files_in(tmp_path) == {RAW: DATA}
    ends = [*range(PIECE, len(DATA), PIECE), len(DATA)]
    assert sorted(web.gets(RAW)) == sorted(f"bytes={end - 1 - (end - 1) % PIECE}-{end - 1}" for end in ends)


def test_pieces_are_under_way_side_by_side(web, tmp_path):
    together = threading.Barrier(ranges.AHEAD - 1, timeout=10)

    def waits(handler, data):
        if handler.headers["Range"] != f"bytes=0-{PIECE - 1}":
            together.wait()
        handler.file(data)

    web.faults[RAW].extend([waits] * ranges.AHEAD)
    fetch(lock_of(web_file(web, DATA)), tmp_path)
    assert files_in(tmp_path) == {RAW: DATA}


@pytest.mark.parametrize("after", [0, 1, 3])
@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(answers(503), id="503"),
        pytest.param(truncates_after(10_000), id="truncated"),
        pytest.param(truncates_after(0), id="empty body"),
        pytest.param(resets_after(10_000), id="reset"),
        pytest.param(stalls_after(10_000), id="stalled"),
        pytest.param(drips, id="slow drip"),
        pytest.param(ignores_ranges, id="range ignored"),
        pytest.param(says_range("bytes 5-40004/300000"), id="another range"),
        pytest.param(says_range("bytes 0-9/300000"), id="too short a range"),
        pytest.param(says_range("pages 1-2"), id="a range that means nothing"),
        pytest.param(without("etag"), id="no ETag"),
    ],
)
def test_after_one_fault_in_any_piece_the_bytes_equal_the_source(web, tmp_path, fault, after):
    web.faults[RAW].extend([lambda handler, data: handler.file(data)] * after + [fault])
    fetch(lock_of(web_file(web, DATA, **pins_of(DATA, "etag"))), tmp_path)
    assert files_in(tmp_path) == {RAW: DATA}


@pytest.mark.parametrize("fault", [ignores_ranges, says_range("bytes 7-9/300000"), says_range("none")])
def test_a_server_that_never_keeps_to_ranges_is_read_in_one_stream(web, tmp_path, fault):
    lock = lock_of(web_file(web, DATA))
    web.always[RAW] = fault
    fetch(lock, tmp_path)
    assert files_in(tmp_path) == {RAW: DATA}


def test_without_anything_that_vouches_for_the_pieces_the_file_comes_in_one_stream(web, tmp_path):
    web.etags = web.dated = False
    fetch(lock_of(web_file(web, DATA)), tmp_path)
    assert web.gets(RAW)[1:] == [""]
    assert files_in(tmp_path) == {RAW: DATA}


@pytest.mark.parametrize("after", [1, 3])
@pytest.mark.parametrize("kind", ["etag", "md5"])
def test_a_file_that_changes_in_the_middle_is_an_error_that_shows_both(web, tmp_path, kind, after):
    lock = lock_of(web_file(web, DATA, **pins_of(DATA, kind)))
    web.faults[RAW].extend([lambda handler, data: handler.file(data)] * after)
    web.always[RAW] = serves(OTHER)
    before, now = (next(iter(pins_of(data, kind).values())) for data in (DATA, OTHER))
    with pytest.raises(ChangedSource, match=f"{before} pinned, {now} "):
        fetch(lock, tmp_path)
    assert files_in(tmp_path) == {}


def test_a_change_of_date_in_the_middle_is_an_error_that_shows_both(web, tmp_path):
    web.etags = False
    lock = lock_of(web_file(web, DATA, **pins_of(DATA, "date")))
    web.faults[RAW].append(lambda handler, data: handler.file(data))
    web.always[RAW] = serves(OTHER, last_modified="Mon, 23 Nov 2026 12:00:00 GMT")
    with pytest.raises(ChangedSource, match=rf"Last-Modified {DATE} pinned, Mon, 23 Nov .* there now"):
        fetch(lock, tmp_path)
    assert files_in(tmp_path) == {}


def test_an_unpinned_file_that_changes_in_the_middle_is_one_or_the_other(web, tmp_path):
    lock = lock_of(web_file(web, DATA))
    web.faults[RAW].extend([lambda handler, data: handler.file(data)] * 2)
    web.always[RAW] = serves(OTHER)
    fetch(lock, tmp_path)
    assert files_in(tmp_path) == {RAW: OTHER}


def test_a_broken_transfer_goes_on_in_pieces_where_it_stopped(web, tmp_path):
    lock = lock_of(web_file(web, DATA, **pins_of(DATA, "md5")))
    web.always[RAW] = only_before(100_000)
    with pytest.raises(SourceError, match="4 tries"):
        fetch(lock, tmp_path)
    del web.always[RAW]
    web.requests.clear()
    fetch(lock, tmp_path)
    assert "bytes=80000-119999" in web.gets(RAW)
    assert not any(span.startswith(("bytes=0-", "bytes=40000-")) for span in web.gets(RAW))
    assert files_in(tmp_path) == {RAW: DATA}


def only_before(offset):
    def fault(handler, data):
        if int(handler.headers["Range"].removeprefix("bytes=").split("-")[0]) < offset - PIECE // 2:
            handler.file(data)
        else:
            handler.status(503)

    return fault


def test_pieces_follow_a_redirect(web, tmp_path):
    web.files["elsewhere"] = DATA
    lock = lock_of(web_file(web, DATA))
    web.always[RAW] = redirects_to(f"{web.url}/elsewhere")
    fetch(lock, tmp_path)
    assert files_in(tmp_path) == {RAW: DATA}
    assert len(web.gets("elsewhere")) == len(DATA) // PIECE + 1


def test_a_stalled_piece_does_not_hold_up_the_end(web, tmp_path):
    lock = lock_of(web_file(web, DATA))
    web.faults[RAW].extend([answers(403)] + [stalls_after(10)] * 3)
    with pytest.raises(SourceError, match="may not be read"):
        fetch(lock, tmp_path)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("range")]
