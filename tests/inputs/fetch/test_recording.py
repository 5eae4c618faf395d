from __future__ import annotations

import contextlib
import hashlib
import socket
import threading

import pytest

from eegmill.errors import ChangedSource, ConfigurationError, SourceError
from eegmill.inputs.fetch.recording import fetch_recording
from pinned import QUICK, RAW, files_in, lock_of, locked, web_file
from web_server import etag_of

NAME = "sub-01_task-rest"
DATA = bytes(range(256)) * 1200


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def etag(data: bytes) -> str:
    return etag_of(data).strip('"')


def fetch(lock, root, **options):
    return fetch_recording(lock, NAME, root, limits=QUICK, **options)


def test_every_file_of_a_recording_comes_with_its_hash(web, tmp_path):
    raw = web_file(web, DATA)
    sidecar = web_file(web, b"{}", path="task-rest_eeg.json", role="sidecar")
    fetched = fetch(lock_of(raw, sidecar), tmp_path)
    assert files_in(tmp_path) == {RAW: DATA, "task-rest_eeg.json": b"{}"}
    assert [(file.path, file.size, file.sha256) for file in fetched] == [
        (RAW, len(DATA), sha256(DATA)),
        ("task-rest_eeg.json", 2, sha256(b"{}")),
    ]


@pytest.mark.parametrize(
    "pins",
    [
        {"sha256": sha256(DATA)},
        {"md5": hashlib.md5(DATA).hexdigest()},
        {"git_sha1": hashlib.sha1(b"blob %d\0" % len(DATA) + DATA).hexdigest()},
    ],
)
def test_what_is_there_and_right_is_not_fetched_again(web, tmp_path, pins):
    lock = lock_of(web_file(web, DATA, **pins))
    first = fetch(lock, tmp_path)
    assert fetch(lock, tmp_path) == first
    assert len(web.gets(RAW)) == 1


def test_a_file_pinned_by_etag_alone_is_not_fetched_again(web, tmp_path):
    lock = lock_of(web_file(web, DATA, etag=etag(DATA)))
    first = fetch(lock, tmp_path)
    assert fetch(lock, tmp_path) == first
    assert len(web.gets(RAW)) == 1


@pytest.mark.parametrize("pin", ["sha256", "etag"])
def test_a_file_altered_on_disk_is_fetched_again(web, tmp_path, pin):
    lock = lock_of(web_file(web, DATA, **{pin: {"sha256": sha256, "etag": etag}[pin](DATA)}))
    fetch(lock, tmp_path)
    (tmp_path / RAW).write_bytes(b"x" * len(DATA))
    fetch(lock, tmp_path)
    assert files_in(tmp_path) == {RAW: DATA}


def test_a_fetch_leaves_neither_locks_nor_parts(web, tmp_path):
    fetch(lock_of(web_file(web, DATA, md5=hashlib.md5(DATA).hexdigest())), tmp_path)
    left = [path.parent.name for path in (tmp_path / ".eegmill-fetch").rglob("*") if path.is_file()]
    assert set(left) == {"slots"}


def test_a_source_that_changed_is_an_error_that_shows_both(web, tmp_path):
    lock = lock_of(web_file(web, DATA, md5=hashlib.md5(DATA).hexdigest()))
    web.files[RAW] = other = b"x" * len(DATA)
    with pytest.raises(ChangedSource) as caught:
        fetch(lock, tmp_path)
    assert hashlib.md5(DATA).hexdigest() in str(caught.value)
    assert hashlib.md5(other).hexdigest() in str(caught.value)
    assert files_in(tmp_path) == {}


def test_another_size_is_noticed_before_any_byte_is_written(web, tmp_path):
    lock = lock_of(web_file(web, DATA))
    web.files[RAW] = DATA + b"more"
    with pytest.raises(ChangedSource, match=f"{len(DATA)} bytes pinned, {len(DATA) + 4} there now"):
        fetch(lock, tmp_path)


def test_another_etag_shows_both(web, tmp_path):
    lock = lock_of(web_file(web, DATA, etag="aaaa"))
    with pytest.raises(ChangedSource, match=f"ETag aaaa pinned, {etag(DATA)} there now"):
        fetch(lock, tmp_path)


def test_a_recording_whose_raw_file_was_missing_fails_with_the_reason(tmp_path):
    with pytest.raises(SourceError, match="was not at its source when the lock was written"):
        fetch(lock_of(), tmp_path)


def test_an_unknown_recording_is_a_configuration_error(tmp_path):
    with pytest.raises(ConfigurationError, match="'sub-99' is not in the lock"):
        fetch_recording(lock_of(), "sub-99", tmp_path)


@pytest.mark.parametrize("times", [pytest.param(50, id="one stream"), pytest.param(200, id="pieces")])
def test_a_file_that_fails_ends_the_transfer_of_the_others(web, tmp_path, times):
    sidecar = web_file(web, b"{}", path="task-rest_eeg.json", role="sidecar")
    failed, hung_up = threading.Event(), threading.Event()

    def missing(handler, data):
        handler.status(404)
        failed.set()

    def endless(handler, data):
        body = handler.head(DATA * times)
        with contextlib.suppress(OSError):
            for start in range(0, len(body), 1000):
                handler.wfile.write(body[start : start + 1000])
                failed.wait(30)
                if handler.server.stopping.wait(0.01):
                    return
        hung_up.set()

    web.always["task-rest_eeg.json"], web.always[RAW] = missing, endless
    with pytest.raises(SourceError, match=r"task-rest_eeg\.json' does not exist"):
        fetch(lock_of(web_file(web, DATA, size=len(DATA) * times), sidecar), tmp_path)
    assert hung_up.wait(30)


@pytest.mark.parametrize(
    "key", ["../outside.edf", "/etc/outside", "sub-01/../../outside", "a\\..\\b", "C:/x", "a\nb", "a\0b", ""]
)
def test_a_key_that_leads_out_of_the_dataset_is_refused(web, tmp_path, key):
    file = locked(key, f"{web.url}/{RAW}", size=1)
    with pytest.raises(SourceError, match="no path inside a dataset"):
        fetch(lock_of(file, raw=key), tmp_path / "root")
    assert web.requests == []


def test_a_link_that_leads_out_of_the_dataset_is_refused(web, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "sub-01").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(SourceError, match="leads out of"):
        fetch(lock_of(web_file(web, DATA)), tmp_path / "root")


@pytest.mark.parametrize("name", ["sub-01/eeg/sub-01_task-é rest #1%20_eeg.edf", "sub-01/eeg/脑 电_eeg.edf"])
def test_names_with_spaces_and_other_alphabets_come_as_they_are(web, tmp_path, name):
    fetch(lock_of(web_file(web, DATA, path=name), raw=name), tmp_path)
    assert files_in(tmp_path) == {name: DATA}


@pytest.mark.parametrize("size", [2**60, -1])
def test_an_absurd_size_is_refused(web, tmp_path, size):
    with pytest.raises(SourceError, match="which no file of a dataset has"):
        fetch(lock_of(web_file(web, DATA, size=size)), tmp_path)


def test_a_file_larger_than_the_free_disk_is_not_begun(web, tmp_path, monkeypatch):
    monkeypatch.setattr("shutil.disk_usage", lambda path: type("Usage", (), {"free": 100}))
    with pytest.raises(SourceError, match="has 100 bytes free"):
        fetch(lock_of(web_file(web, DATA)), tmp_path)


def test_a_target_that_cannot_be_written_is_named(web, tmp_path, monkeypatch):
    def refuse(self, *args, **options):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr("pathlib.Path.mkdir", refuse)
    with pytest.raises(SourceError, match=r"cannot be written to \(Read-only file system\)"):
        fetch(lock_of(web_file(web, DATA)), tmp_path / "root")


def test_offline_nothing_that_is_there_needs_a_socket(web, tmp_path, monkeypatch):
    lock = lock_of(web_file(web, DATA, sha256=sha256(DATA)))
    fetch(lock, tmp_path / "once", cache=tmp_path / "cache")
    forbid_sockets(monkeypatch)
    fetched = fetch(lock, tmp_path / "twice", cache=tmp_path / "cache", offline=True)
    assert fetched[0].sha256 == sha256(DATA)


def test_offline_what_is_not_there_is_an_error_without_a_socket(web, tmp_path, monkeypatch):
    lock = lock_of(web_file(web, DATA))
    forbid_sockets(monkeypatch)
    with pytest.raises(SourceError, match="offline, it cannot be fetched"):
        fetch(lock, tmp_path, offline=True)


def forbid_sockets(monkeypatch):
    def refuse(*args, **options):
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)


def test_the_embedded_sample_comes_whole(tmp_path):
    from eegmill.inputs.storage.embedded import EmbeddedSource

    path = "sub-02/eeg/sub-02_task-arithmetic_eeg.edf"
    pin = EmbeddedSource("embedded:eegmill-sample").listing()[path]
    file = locked(path, pin.url, size=pin.size, sha256=pin.sha256)
    (fetched,) = fetch(lock_of(file, raw=path), tmp_path, offline=True)
    assert (fetched.size, fetched.sha256) == (pin.size, pin.sha256)


def test_a_local_file_is_linked_not_copied(tmp_path):
    source = tmp_path / "source" / "a b.edf"
    source.parent.mkdir()
    source.write_bytes(DATA)
    fetch(lock_of(locked(RAW, source.as_uri(), size=len(DATA))), tmp_path / "root", offline=True)
    assert (tmp_path / "root" / RAW).samefile(source)


def test_a_local_file_that_changed_shows_both_sizes(tmp_path):
    source = tmp_path / "a.edf"
    source.write_bytes(DATA)
    with pytest.raises(ChangedSource, match=f"size 3 pinned, {len(DATA)} came"):
        fetch(lock_of(locked(RAW, source.as_uri(), size=3)), tmp_path / "root")
