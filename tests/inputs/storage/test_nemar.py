from __future__ import annotations

import hashlib
import json
from urllib.parse import quote

import pytest

from eegmill.errors import ChangedSource, SourceError
from eegmill.inputs.fetch.recording import fetch_recording
from eegmill.inputs.storage.nemar import NemarSource
from eegmill.testing import StorageContract
from eegmill.testing.storage import FILES, RAW, locked
from pinned import QUICK, lock_of


def checksum(data, algorithm):
    if algorithm == "git":
        return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()
    return hashlib.new(algorithm, data).hexdigest()


@pytest.fixture
def source(web, monkeypatch):
    monkeypatch.setenv("EEGMILL_NEMAR_URL", web.url)
    web.files.update({f"files/{path}": data for path, data in FILES.items()})
    files = [
        {
            "path": path,
            "size": len(data),
            "url": f"{web.url}/files/{quote(path)}",
            "checksum_algorithm": algorithm,
            "checksum": checksum(data, algorithm),
        }
        for (path, data), algorithm in zip(FILES.items(), ["git", "sha256", "md5"], strict=True)
    ]
    versions = [{"version": name, "manifest_url": f"/manifest/{name}.json"} for name in ("1.0.0", "1.1.0")]
    web.files["nm000109/"] = json.dumps({"latest": "1.1.0", "versions": versions}).encode()
    web.files["manifest/1.1.0.json"] = json.dumps({"files": files}).encode()
    return NemarSource("s3://nemar/nm000109")


class TestNemar(StorageContract):
    def test_every_kind_of_checksum_is_pinned(self, source):
        pins = list(source.listing().values())
        assert [bool(pins[0].git_sha1), bool(pins[1].sha256), bool(pins[2].md5)] == [True, True, True]

    @pytest.mark.parametrize("path", FILES)
    def test_bytes_that_do_not_have_the_manifests_checksum_are_refused(self, source, web, tmp_path, path):
        lock = lock_of(locked(source, path), raw=path)
        web.files[f"files/{path}"] = b"x" * len(FILES[path])
        with pytest.raises(ChangedSource, match="is not what the lock pinned"):
            fetch_recording(lock, "sub-01_task-rest", tmp_path, limits=QUICK)

    def test_a_dataset_is_listed_by_two_requests(self, source, web):
        source.listing()
        assert len(web.requests) == 2


@pytest.mark.parametrize("index", [b"{}", b"[]", b"<html>", b'{"latest": "1"}'])
def test_an_index_without_manifest_is_an_error_that_names_it(web, monkeypatch, index):
    monkeypatch.setenv("EEGMILL_NEMAR_URL", web.url)
    web.files["nm000001/"] = index
    with pytest.raises(SourceError, match="nm000001"):
        NemarSource("s3://nemar/nm000001").listing()


@pytest.mark.parametrize("entry", [b"[]", b'"a.edf"', b"{}", b'{"path": "a.edf", "size": "large"}'])
def test_a_manifest_that_describes_no_files_is_an_error_that_names_it(web, monkeypatch, entry):
    web.files["nm000001/"] = b'{"latest": "1", "versions": [{"version": "1", "manifest_url": "1.json"}]}'
    web.files["nm000001/1.json"] = b'{"files": [%s]}' % entry
    monkeypatch.setenv("EEGMILL_NEMAR_URL", web.url)
    with pytest.raises(SourceError, match=r"1\.json' is no manifest"):
        NemarSource("s3://nemar/nm000001").listing()


def test_an_error_object_in_place_of_the_file_is_refused(source, web, tmp_path):
    lock = lock_of(locked(source, RAW), raw=RAW)
    web.files[f"files/{RAW}"] = b'{"error": "not published"}'
    with pytest.raises(ChangedSource, match="26 there now"):
        fetch_recording(lock, "sub-01_task-rest", tmp_path, limits=QUICK)
