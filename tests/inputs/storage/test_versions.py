from __future__ import annotations

import pytest

from eegmill.inputs.storage.s3 import S3Source
from server_fixtures import forget_servers


@pytest.fixture(autouse=True)
def fresh():
    forget_servers()
    yield
    forget_servers()


def test_every_key_of_ten_thousand_files_is_pinned_by_few_requests(web, monkeypatch):
    web.files["openneuro.org"] = b""
    web.always["openneuro.org"] = listing_page
    monkeypatch.setenv("EEGMILL_S3_ENDPOINT", web.url)
    assert len(S3Source("s3://openneuro.org/ds000001").listing()) == 10_000
    assert len(web.requests) <= 15


def listing_page(handler, data):
    from urllib.parse import parse_qs, urlsplit

    marker = parse_qs(urlsplit(handler.path).query).get("key-marker", ["ds000001/-1"])[0]
    first = int(marker.rsplit("/", 1)[1]) + 1
    entries = "".join(
        f'<Version><Key>ds000001/{n}</Key><Size>1</Size><ETag>"e"</ETag><IsLatest>true</IsLatest></Version>'
        for n in range(first, first + 1000)
    )
    more = "true" if first + 1000 < 10_000 else "false"
    page = (
        f'<R xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><IsTruncated>{more}</IsTruncated>'
        f"<NextKeyMarker>ds000001/{first + 999}</NextKeyMarker>{entries}</R>"
    )
    handler.status(200, page.encode())
