from __future__ import annotations

import hashlib

import pytest

from eegmill.errors import ChangedSource
from eegmill.inputs.fetch.recording import fetch_recording
from eegmill.inputs.storage import open_reader
from eegmill.inputs.storage.s3 import S3Source
from eegmill.testing import StorageContract
from eegmill.testing.storage import FILES, RAW, locked
from pinned import QUICK, lock_of


def put(s3, path, data):
    s3.put_object(Bucket="openneuro.org", Key=f"ds000001/{path}", Body=data, ACL="public-read")


@pytest.fixture
def source(s3):
    for path, data in FILES.items():
        put(s3, path, data)
    s3.put_object(Bucket="openneuro.org", Key="ds0000012/other", Body=b"of a dataset whose name begins the same")
    return S3Source("s3://openneuro.org/ds000001")


class TestS3(StorageContract):
    def test_an_etag_without_parts_is_taken_as_md5(self, source):
        assert source.pin(RAW).md5 == hashlib.md5(FILES[RAW]).hexdigest()

    def test_an_object_that_changed_is_refused_by_its_etag(self, source, s3):
        file = locked(source, RAW)
        put(s3, RAW, b"other")
        reader = open_reader(file.url, QUICK)
        with pytest.raises(ChangedSource, match=r"pinned; ETag .*, 5 bytes there now"), reader.read(file):
            pass


def test_a_bucket_that_hides_versions_is_listed_plainly(source, monkeypatch):
    from eegmill.inputs.storage import s3
    from eegmill.inputs.storage.faults import Refused

    def refuse(*args):
        raise Refused("403")

    monkeypatch.setattr(s3, "latest_versions", refuse)
    assert set(source.listing()) == set(FILES)


def test_the_etag_of_a_multipart_upload_is_no_md5(s3):
    key = {"Bucket": "openneuro.org", "Key": "ds000001/a.edf"}
    upload = s3.create_multipart_upload(**key, ACL="public-read")["UploadId"]
    part = s3.upload_part(**key, UploadId=upload, PartNumber=1, Body=b"hello")
    parts = {"Parts": [{"ETag": part["ETag"], "PartNumber": 1}]}
    s3.complete_multipart_upload(**key, UploadId=upload, MultipartUpload=parts)
    pin = S3Source("s3://openneuro.org/ds000001").pin("a.edf")
    assert (pin.md5, pin.etag[-2:]) == (None, "-1")


@pytest.mark.parametrize("data", [b"", b"hello"])
def test_a_sealed_object_that_was_uploaded_again_is_the_same(s3, tmp_path, data):
    put(s3, "a.edf", data)
    pin = locked(S3Source("s3://openneuro.org/ds000001"), "a.edf")
    sealed = pin.model_copy(update={"etag": "another-2", "sha256": hashlib.sha256(data).hexdigest()})
    (fetched,) = fetch_recording(lock_of(sealed, raw="a.edf"), "sub-01_task-rest", tmp_path, limits=QUICK)
    assert fetched.size == len(data)


def test_a_large_file_comes_whole_in_pieces(s3, tmp_path, monkeypatch):
    monkeypatch.setattr("eegmill.inputs.storage.ranges.LARGE_BYTES", 1000)
    monkeypatch.setattr("eegmill.inputs.storage.ranges.PIECE_BYTES", 7000)
    data = hashlib.shake_256(b"large").digest(100_000)
    put(s3, "large.edf", data)
    file = locked(S3Source("s3://openneuro.org/ds000001"), "large.edf")
    (fetched,) = fetch_recording(lock_of(file, raw="large.edf"), "sub-01_task-rest", tmp_path, limits=QUICK)
    assert fetched.sha256 == hashlib.sha256(data).hexdigest()
