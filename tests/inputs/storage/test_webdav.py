from __future__ import annotations

import hashlib
from urllib.parse import quote

import pytest

from eegmill.errors import SourceError
from eegmill.inputs.storage.webdav import WebdavSource
from eegmill.testing import StorageContract
from eegmill.testing.storage import FILES

FOLDERS = {"": ["sub-01/", "dataset_description.json"], "sub-01/": ["sub-01/eeg/"], "sub-01/eeg/": []}
FOLDERS["sub-01/eeg/"] = [path for path in FILES if path.startswith("sub-01/eeg/")]


@pytest.fixture(params=["dav set", "dav%20set/"])
def source(web, request):
    web.files.update({f"dav set/{path}": data for path, data in FILES.items()})
    for folder, members in FOLDERS.items():
        web.always[f"dav set/{folder}"] = multistatus(folder, members)
    return WebdavSource(f"{web.url.replace('http:', 'webdav:')}/{request.param}")


def multistatus(folder, members):
    def answer(handler, data):
        text = "".join(described(path) for path in [folder, *members])
        handler.status(207, f'<d:multistatus xmlns:d="DAV:">{text}</d:multistatus>'.encode())

    return answer


def described(path):
    if path in FILES:
        kind, size = "", f"<d:getcontentlength>{len(FILES[path])}</d:getcontentlength>"
        size += f'<d:getetag>"{hashlib.md5(FILES[path]).hexdigest()}"</d:getetag>'
    else:
        kind, size = "<d:collection/>", ""
    href = f"/dav%20set/{quote(path)}"
    prop = f"<d:resourcetype>{kind}</d:resourcetype>{size}"
    return f"<d:response><d:href>{href}</d:href><d:propstat><d:prop>{prop}</d:prop></d:propstat></d:response>"


class TestWebdav(StorageContract):
    def test_a_listing_that_points_elsewhere_is_not_followed(self, source, web):
        web.always["dav set/"] = multistatus("", ["../secret/", "sub-01/"])
        source.listing()
        assert not any("secret" in path for _, path, _ in web.requests)


def test_a_web_server_that_is_no_webdav_is_named(web):
    web.files["dav/"] = b"<html>"
    with pytest.raises(SourceError, match="no WebDAV folder"):
        WebdavSource(f"{web.url}/dav").listing()
