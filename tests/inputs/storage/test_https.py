from __future__ import annotations

import pytest

from eegmill.errors import SourceError
from eegmill.inputs.storage import open_reader
from eegmill.inputs.storage.https import HttpsSource
from eegmill.lock import LockedFile
from eegmill.testing import StorageContract
from eegmill.testing.storage import FILES
from pinned import QUICK
from web_server import answers


@pytest.fixture
def source(web):
    web.files.update({f"data set/{path}": data for path, data in FILES.items()})
    return HttpsSource(f"{web.url}/data%20set/")


class TestHttps(StorageContract):
    lists = False

    def test_a_server_without_head_is_asked_for_one_byte(self, source, web):
        path = "data set/dataset_description.json"
        web.always[path] = head_refused
        assert source.pin("dataset_description.json").size == 2
        assert web.requests[-1] == ("GET", path, "bytes=0-0")

    def test_an_empty_file_on_such_a_server_has_size_0(self, source, web):
        web.files["data set/empty"] = b""
        web.always["data set/empty"] = head_refused
        assert source.pin("empty").size == 0

    def test_a_weak_etag_stays_marked_as_weak(self, source, web):
        web.always["data set/a"] = lambda handler, data: handler.status(200, b"x", ETag='W/"1"')
        assert source.pin("a").etag == 'W/"1"'


def head_refused(handler, data):
    if handler.command == "HEAD":
        handler.status(405)
    else:
        handler.file(data)


def test_an_answer_that_is_encoded_on_the_way_is_refused(web):
    web.always["a.tsv"] = answers(200, b"\x1f\x8b", Content_Encoding="gzip")
    file = LockedFile(path="a.tsv", url=f"{web.url}/a.tsv", role="sidecar")
    reader = open_reader(file.url, QUICK)
    with pytest.raises(SourceError, match="comes encoded as gzip"), reader.read(file):
        pass


def test_a_redirect_from_https_to_http_is_refused(web):
    import httpx2

    from eegmill.inputs.storage.https import check

    response = httpx2.Response(200, request=httpx2.Request("GET", "http://example.org/a"))
    with pytest.raises(SourceError, match="not encrypted"):
        check(response, "https://example.org/a")
