from __future__ import annotations

import hashlib
import os
import threading
import time

import pytest

from eegmill.errors import ConfigurationError, SourceError
from eegmill.files import links
from eegmill.inputs.fetch import cache
from eegmill.inputs.fetch.cache import Cache
from eegmill.inputs.fetch.recording import fetch_recording
from pinned import QUICK, RAW, lock_of, locked, web_file
from web_server import etag_of

DATA = hashlib.shake_256(b"cache").digest(100_000)
SHA256 = hashlib.sha256(DATA).hexdigest()
PINS = {
    "sha256": SHA256,
    "md5": hashlib.md5(DATA).hexdigest(),
    "etag": etag_of(DATA).strip('"'),
}


def fetch(lock, tmp_path, name):
    return fetch_recording(lock, "sub-01_task-rest", tmp_path / name, cache=tmp_path / "cache", limits=QUICK)


@pytest.fixture
def filled(tmp_path):
    """A cache of one file, and its pin by SHA-256."""
    (tmp_path / "source").write_bytes(DATA)
    kept = Cache(tmp_path / "cache")
    file = locked(RAW, "https://example.org/a", sha256=SHA256, size=len(DATA))
    kept.put(file, SHA256, tmp_path / "source")
    return kept, file


@pytest.mark.parametrize("pin", PINS)
def test_a_second_run_takes_the_file_from_the_cache(web, tmp_path, pin):
    lock = lock_of(web_file(web, DATA, **{pin: PINS[pin]}))
    assert fetch(lock, tmp_path, "one") == fetch(lock, tmp_path, "two")
    assert len(web.gets(RAW)) == 1


def test_one_file_under_two_addresses_is_kept_once(web, tmp_path):
    fetch(lock_of(web_file(web, DATA)), tmp_path, "one")
    fetch(lock_of(web_file(web, DATA, path="other.edf"), raw="other.edf"), tmp_path, "two")
    assert cache.show(tmp_path / "cache").files == 1


def test_without_a_pin_of_the_bytes_the_cache_is_not_asked(web, tmp_path):
    lock = lock_of(web_file(web, DATA))
    fetch(lock, tmp_path, "one")
    fetch(lock, tmp_path, "two")
    assert len(web.gets(RAW)) == 2


def test_a_damaged_entry_is_dropped_and_fetched_again(web, tmp_path):
    lock = lock_of(web_file(web, DATA, sha256=SHA256))
    fetch(lock, tmp_path, "one")
    place = tmp_path / "cache" / "sha256" / SHA256[:2] / SHA256
    place.unlink()
    place.write_bytes(b"x" * len(DATA))
    fetch(lock, tmp_path, "two")
    assert (tmp_path / "two" / RAW).read_bytes() == place.read_bytes() == DATA


def test_a_cached_file_is_read_only(filled, tmp_path):
    place = tmp_path / "cache" / "sha256" / SHA256[:2] / SHA256
    assert place.stat().st_mode & 0o222 == 0


@pytest.mark.parametrize("way", ["reflink", "hard link", "copy"])
def test_every_way_gives_the_same_bytes(filled, tmp_path, monkeypatch, way):
    kept, file = filled
    if way != "reflink":
        monkeypatch.setattr(links, "reflink", lambda source, target: False)
    if way == "copy":
        monkeypatch.setattr(links, "hard_link", lambda source, target: False)
    assert kept.take(file, tmp_path / "out") == SHA256
    assert (tmp_path / "out").read_bytes() == DATA


def test_many_runs_can_fill_one_cache_at_once(web, tmp_path):
    lock = lock_of(web_file(web, DATA, md5=PINS["md5"]))
    runs = [threading.Thread(target=fetch, args=(lock, tmp_path, str(number))) for number in range(6)]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    assert {(tmp_path / str(number) / RAW).read_bytes() for number in range(6)} == {DATA}
    assert [path.name for path in (tmp_path / "cache" / "sha256").rglob("*") if path.is_file()] == [SHA256]


def test_a_cache_that_cannot_be_written_to_is_named(web, tmp_path):
    (tmp_path / "cache").write_text("a file where the folder should be")
    lock = lock_of(web_file(web, DATA, sha256=SHA256))
    with pytest.raises(SourceError, match=r"cache' cannot be written to"):
        fetch(lock, tmp_path, "one")


def test_pruning_by_age_keeps_what_was_used_lately(filled, tmp_path):
    kept, file = filled
    place = tmp_path / "cache" / "sha256" / SHA256[:2] / SHA256
    os.utime(place, (0, 0))
    kept.take(file, tmp_path / "out")
    assert cache.prune(tmp_path / "cache", older_than_days=1).files == 1
    os.utime(place, (0, time.time() - 2 * 86400))
    assert cache.prune(tmp_path / "cache", older_than_days=1).removed_files == 1


def test_pruning_by_size_takes_the_longest_unused_first(tmp_path):
    kept = Cache(tmp_path / "cache")
    for number, used in enumerate([300, 100, 200]):
        data = bytes([number]) * 10
        (tmp_path / "source").unlink(missing_ok=True)
        (tmp_path / "source").write_bytes(data)
        name = hashlib.sha256(data).hexdigest()
        kept.put(locked("a", "https://example.org/a", sha256=name), name, tmp_path / "source")
        os.utime(tmp_path / "cache" / "sha256" / name[:2] / name, (used, used))
    content = cache.prune(tmp_path / "cache", max_bytes=10)
    (left,) = (tmp_path / "cache" / "sha256").rglob("??/*")
    assert (content.files, content.size, content.removed_size) == (1, 10, 20)
    assert left.read_bytes() == b"\0" * 10


def test_pruning_leaves_fetched_files_whole(web, tmp_path):
    fetch(lock_of(web_file(web, DATA, sha256=SHA256)), tmp_path, "one")
    cache.prune(tmp_path / "cache", max_bytes=0)
    assert (tmp_path / "one" / RAW).read_bytes() == DATA


def test_an_entry_pruned_while_it_is_taken_counts_as_absent(filled, tmp_path, monkeypatch):
    kept, file = filled

    def pruned_first(source, target):
        source.unlink()
        return links.same_bytes(source, target)

    monkeypatch.setattr(cache, "same_bytes", pruned_first)
    assert kept.take(file, tmp_path / "out") is None
    assert not (tmp_path / "out").exists()


def test_two_can_prune_at_once(filled, tmp_path, monkeypatch):
    place = tmp_path / "cache" / "sha256" / SHA256[:2] / SHA256
    (place.parent / "gone").symlink_to("nowhere")  # listed, and not there any more when it is looked at
    assert cache.prune(tmp_path / "cache", max_bytes=0).removed_files == 1


def test_a_folder_that_is_no_cache_is_not_pruned(tmp_path):
    (tmp_path / "thesis.docx").touch()
    with pytest.raises(ConfigurationError, match="is no eegmill cache"):
        cache.prune(tmp_path, max_bytes=0)


def test_pruning_without_a_bound_is_refused(tmp_path):
    with pytest.raises(ConfigurationError, match="Say what to prune"):
        cache.prune(tmp_path)
