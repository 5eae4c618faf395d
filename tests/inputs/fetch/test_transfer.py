"""Each fault of a server, and what then lies in the dataset: the right bytes, or nothing and the reason."""

from __future__ import annotations

import errno
import hashlib
import threading

import pytest

from eegmill.errors import ChangedSource, SourceError
from eegmill.inputs.fetch.recording import fetch_recording
from eegmill.inputs.fetch.transfer import writing
from pinned import QUICK, RAW, files_in, lock_of, web_file
from web_server import (
    answers,
    chunked,
    drips,
    etag_of,
    ignores_ranges,
    redirects_to,
    resets_after,
    says_length,
    serves,
    stalls_after,
    truncates_after,
)

DATA = hashlib.shake_256(b"eeg").digest(300_000)
OTHER = hashlib.shake_256(b"other").digest(300_000)


def fetch(lock, root):
    return fetch_recording(lock, "sub-01_task-rest", root, limits=QUICK)


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(answers(503), id="503 after a good HEAD"),
        pytest.param(answers(429, Retry_After="0"), id="429"),
        pytest.param(answers(500), id="500"),
        pytest.param(truncates_after(100_000), id="truncated"),
        pytest.param(truncates_after(0), id="empty body"),
        pytest.param(resets_after(100_000), id="reset"),
        pytest.param(stalls_after(100_000), id="stalled"),
        pytest.param(drips, id="slow drip"),
    ],
)
def test_after_one_fault_the_bytes_equal_the_source(web, tmp_path, fault):
    web.faults[RAW].append(fault)
    fetch(lock_of(web_file(web, DATA, md5=hashlib.md5(DATA).hexdigest())), tmp_path)
    assert files_in(tmp_path) == {RAW: DATA}


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        pytest.param(answers(503), "4 tries. The last: .* answered 503", id="503"),
        pytest.param(truncates_after(0), "4 tries. The last: ", id="truncated"),
        pytest.param(resets_after(10), "4 tries. The last: ", id="reset"),
        pytest.param(stalls_after(10), "4 tries. The last: .* stalled", id="stalled"),
        pytest.param(answers(404), "does not exist", id="404"),
        pytest.param(answers(403), "may not be read", id="403"),
        pytest.param(answers(418), "answered 418, which is no file", id="418"),
        pytest.param(says_length(299_000), "300000 bytes pinned, 299000 there now", id="too short"),
        pytest.param(says_length(300_100), "300000 bytes pinned, 300100 there now", id="too long"),
        pytest.param(answers(200, b"<html>please log in</html>"), "there now", id="a page instead of a file"),
    ],
)
def test_a_fault_that_lasts_is_the_reason_and_no_file_is_there(web, tmp_path, fault, reason):
    web.always[RAW] = fault
    with pytest.raises(SourceError, match=reason):
        fetch(lock_of(web_file(web, DATA)), tmp_path)
    assert files_in(tmp_path) == {}


def test_a_missing_sidecar_that_was_locked_is_named(web, tmp_path):
    sidecar = web_file(web, b"{}", path="task-rest_eeg.json", role="sidecar")
    raw = web_file(web, DATA)
    del web.files["task-rest_eeg.json"]
    with pytest.raises(SourceError, match=r"task-rest_eeg\.json' does not exist"):
        fetch(lock_of(raw, sidecar), tmp_path)


def test_a_broken_transfer_goes_on_where_it_stopped(web, tmp_path):
    web.faults[RAW].append(truncates_after(100_000))
    fetch(lock_of(web_file(web, DATA, etag=etag_of(DATA).strip('"'))), tmp_path)
    assert web.gets(RAW) == ["", "bytes=100000-"]


def test_a_server_that_ignores_ranges_is_read_from_the_start(web, tmp_path):
    web.faults[RAW].extend([truncates_after(100_000), ignores_ranges])
    fetch(lock_of(web_file(web, DATA, sha256=hashlib.sha256(DATA).hexdigest())), tmp_path)
    assert files_in(tmp_path) == {RAW: DATA}


def test_an_etag_that_changes_in_the_middle_never_mixes_two_files(web, tmp_path):
    web.faults[RAW].extend([truncates_after(100_000), serves(OTHER)])
    web.always[RAW] = serves(OTHER)
    lock = lock_of(web_file(web, DATA, etag=etag_of(DATA).strip('"')))
    with pytest.raises(ChangedSource, match="ETag"):
        fetch(lock, tmp_path)
    assert files_in(tmp_path) == {}


def test_an_unpinned_file_that_changes_in_the_middle_is_one_or_the_other(web, tmp_path):
    web.faults[RAW].append(truncates_after(100_000))
    web.faults[RAW].append(serves(OTHER))
    web.always[RAW] = serves(OTHER)
    fetch(lock_of(web_file(web, DATA)), tmp_path)
    assert files_in(tmp_path) == {RAW: OTHER}


def test_without_etag_date_or_digest_a_broken_transfer_begins_anew(web, tmp_path):
    web.etags = web.dated = False
    web.faults[RAW].append(truncates_after(100_000))
    fetch(lock_of(web_file(web, DATA)), tmp_path)
    assert web.gets(RAW) == ["", ""]


@pytest.mark.parametrize("breaks", [0, 2])
def test_a_file_whose_length_nobody_knows_comes_whole(web, tmp_path, breaks):
    web.faults[RAW].extend([chunked(whole=False)] * breaks)
    lock = lock_of(web_file(web, DATA, size=None))
    web.always[RAW] = chunked()
    fetch(lock, tmp_path)
    assert files_in(tmp_path) == {RAW: DATA}


def test_an_end_that_looks_right_and_comes_too_early_is_tried_again(web, tmp_path):
    web.faults[RAW].append(chunked(whole=False, orderly=True))
    fetch(lock_of(web_file(web, DATA)), tmp_path)
    assert files_in(tmp_path) == {RAW: DATA}


def test_a_redirect_is_followed(web, tmp_path):
    web.files["elsewhere"] = DATA
    lock = lock_of(web_file(web, DATA))
    web.always[RAW] = redirects_to(f"{web.url}/elsewhere")
    fetch(lock, tmp_path)
    assert files_in(tmp_path) == {RAW: DATA}


def test_a_redirect_to_another_host_is_followed(web, tmp_path):
    web.files["elsewhere"] = DATA
    lock = lock_of(web_file(web, DATA))
    web.always[RAW] = redirects_to(f"{web.url.replace('127.0.0.1', 'localhost')}/elsewhere")
    fetch(lock, tmp_path)
    assert files_in(tmp_path) == {RAW: DATA}


@pytest.mark.parametrize("address", ["file:///etc/passwd", "ftp://example.org/a.edf", "https://"])
def test_a_redirect_to_no_web_server_is_refused(web, tmp_path, address):
    lock = lock_of(web_file(web, DATA))
    web.always[RAW] = redirects_to(address)
    with pytest.raises(SourceError):
        fetch(lock, tmp_path)
    assert files_in(tmp_path) == {}


def test_a_redirect_in_a_circle_is_an_error(web, tmp_path):
    lock = lock_of(web_file(web, DATA))
    web.always[RAW] = redirects_to(f"{web.url}/{RAW}")
    with pytest.raises(SourceError, match="redirects in a circle"):
        fetch(lock, tmp_path)


def test_an_absurd_length_of_a_file_of_unknown_size_is_refused(web, tmp_path):
    lock = lock_of(web_file(web, DATA, size=None))
    web.always[RAW] = says_length(2**60, send=DATA[:100])
    with pytest.raises(SourceError, match=f"{2**60} bytes, which no file of a dataset has"):
        fetch(lock, tmp_path)
    assert files_in(tmp_path) == {}


def test_a_server_that_is_not_there_is_the_reason(web, tmp_path):
    lock = lock_of(web_file(web, DATA))
    web.shutdown()
    web.server_close()
    with pytest.raises(SourceError, match="4 tries"):
        fetch(lock, tmp_path)


def test_retry_after_is_obeyed(web, tmp_path, monkeypatch):
    slept = []
    monkeypatch.setattr("time.sleep", slept.append)
    web.faults[RAW].append(answers(503, Retry_After="7"))
    fetch(lock_of(web_file(web, DATA)), tmp_path)
    assert 7.0 in slept


def test_a_part_of_another_pin_is_never_taken_up(web, tmp_path):
    web.always[RAW] = truncates_after(0)
    web.faults[RAW].append(truncates_after(100_000))
    with pytest.raises(SourceError):
        fetch(lock_of(web_file(web, DATA, etag=etag_of(DATA).strip('"'))), tmp_path)
    del web.always[RAW]
    fetch(lock_of(web_file(web, OTHER, etag=etag_of(OTHER).strip('"'))), tmp_path)
    assert files_in(tmp_path) == {RAW: OTHER}


def test_a_part_damaged_on_disk_is_fetched_anew(web, tmp_path):
    lock = lock_of(web_file(web, DATA, md5=hashlib.md5(DATA).hexdigest()))
    web.always[RAW] = truncates_after(0)
    web.faults[RAW].append(truncates_after(100_000))
    with pytest.raises(SourceError):
        fetch(lock, tmp_path)
    (part,) = tmp_path.rglob("*.part")
    part.write_bytes(b"\0" * 50_000)
    del web.always[RAW]
    fetch(lock, tmp_path)
    assert files_in(tmp_path) == {RAW: DATA}


def test_bytes_that_no_digest_vouches_for_are_taken_up_only_where_they_are_on_the_disk(web, tmp_path, monkeypatch):
    monkeypatch.setattr("eegmill.inputs.fetch.transfer.SYNC_BYTES", 30_000)
    lock = lock_of(web_file(web, DATA, etag=etag_of(DATA).strip('"')))
    web.always[RAW] = truncates_after(0)
    web.faults[RAW].append(truncates_after(100_000))
    with pytest.raises(SourceError):
        fetch(lock, tmp_path)
    del web.always[RAW]
    fetch(lock, tmp_path)
    assert web.gets(RAW)[-1] == "bytes=90000-"
    assert files_in(tmp_path) == {RAW: DATA}


def test_an_empty_file_comes_as_it_is(web, tmp_path):
    fetch(lock_of(web_file(web, b"")), tmp_path)
    assert files_in(tmp_path) == {RAW: b""}


def test_a_sealed_pin_goes_by_the_bytes_not_by_the_etag(web, tmp_path):
    fetch(lock_of(web_file(web, DATA, etag="of the old server", sha256=hashlib.sha256(DATA).hexdigest())), tmp_path)
    assert files_in(tmp_path) == {RAW: DATA}


def test_two_jobs_can_fetch_one_file_at_once(web, tmp_path):
    lock = lock_of(web_file(web, DATA, md5=hashlib.md5(DATA).hexdigest()))
    jobs = [threading.Thread(target=fetch, args=(lock, tmp_path)) for _ in range(8)]
    for job in jobs:
        job.start()
    for job in jobs:
        job.join()
    assert files_in(tmp_path) == {RAW: DATA}
    assert len(web.gets(RAW)) == 1


@pytest.mark.parametrize(
    "pointer", [b"/annex/objects/MD5E-s9--0.edf\n", b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n"]
)
def test_a_pointer_instead_of_the_file_is_refused(web, tmp_path, pointer):
    with pytest.raises(SourceError, match="pointer, not the file"):
        fetch(lock_of(web_file(web, pointer)), tmp_path)
    assert files_in(tmp_path) == {}


def test_a_source_that_may_not_be_read_is_not_told_as_a_target_that_cannot_be_written(tmp_path, monkeypatch):
    source = tmp_path / "source.edf"
    source.touch()
    monkeypatch.setattr("os.access", lambda *_: False)  # root may read everything
    with pytest.raises(SourceError, match=r"source\.edf' may not be read"), writing(tmp_path / "out" / "target.edf"):
        raise PermissionError(errno.EACCES, "Permission denied", str(source))
