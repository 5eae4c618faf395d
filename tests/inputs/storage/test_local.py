from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from eegmill.errors import SourceError
from eegmill.inputs.storage.local import LocalReader, LocalSource, local_path
from eegmill.lock import LockedFile
from eegmill.testing import StorageContract
from eegmill.testing.storage import FILES, RAW

KEY = f"MD5E-s{len(FILES[RAW])}--{hashlib.md5(FILES[RAW]).hexdigest()}.edf"


@pytest.fixture
def source(tmp_path):
    for path, data in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data)
    for hidden in (".git/config", "derivatives/x/a.tsv"):
        (tmp_path / hidden).parent.mkdir(parents=True)
        (tmp_path / hidden).touch()
    return LocalSource(tmp_path.as_uri())


class TestLocal(StorageContract):
    pass


def annexed(root, *, content: bool):
    place = root / ".git" / "annex" / "objects" / "a" / KEY / KEY
    place.parent.mkdir(parents=True)
    if content:
        place.write_bytes(FILES[RAW])
    link = root / "a.edf"
    link.symlink_to(place)
    return link


@pytest.mark.parametrize("content", [True, False])
def test_an_annexed_file_is_pinned_by_its_key(tmp_path, content):
    annexed(tmp_path, content=content)
    pin = LocalSource(str(tmp_path)).listing()["a.edf"]
    assert (pin.size, pin.annex_key) == (len(FILES[RAW]), KEY)
    assert pin.md5 == hashlib.md5(FILES[RAW]).hexdigest()


def test_an_unlocked_file_without_content_is_pinned_by_its_pointer(tmp_path):
    (tmp_path / "a.edf").write_text(f"/annex/objects/{KEY}\n")
    assert LocalSource(str(tmp_path)).pin("a.edf").annex_key == KEY


@pytest.mark.parametrize("kind", ["link", "pointer"])
def test_a_file_without_content_says_how_to_get_it(tmp_path, kind):
    link = tmp_path / "a.edf"
    if kind == "link":
        annexed(tmp_path, content=False)
    else:
        link.write_text(f"/annex/objects/{KEY}\n")
    file = LockedFile(path="a.edf", url=link.as_uri(), role="raw")
    with pytest.raises(SourceError, match="datalad get"):
        LocalReader().path(file)


def test_an_annexed_file_is_linked_to_its_content(tmp_path):
    link = annexed(tmp_path, content=True)
    file = LockedFile(path="a.edf", url=link.as_uri(), role="raw")
    assert LocalReader().path(file) == link.resolve()


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(SourceError, match=r"'.*nowhere' does not exist"):
        LocalSource(str(tmp_path / "nowhere"))


@pytest.mark.parametrize("address", ["file:///a%20b/c", "file://localhost/a%20b/c", "file:/a%20b/c", "/a b/c"])
def test_every_spelling_of_a_local_address_is_read(address):
    assert str(local_path(address)) == "/a b/c"


def test_a_file_address_on_another_host_is_refused():
    with pytest.raises(SourceError, match="another machine"):
        local_path("file://server/share/a.edf")


def test_a_file_that_may_not_be_opened_is_no_pin_and_stops_no_listing(source, monkeypatch):
    opened = Path.open

    def refuse(path, *words, **keys):
        if path.name == Path(RAW).name:
            raise PermissionError(13, "Permission denied", str(path))
        return opened(path, *words, **keys)

    monkeypatch.setattr(Path, "open", refuse)
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path).name != Path(RAW).name)
    assert set(source.listing()) == set(FILES) - {RAW}
    assert "may not be read by this user" in str(source.why_not(RAW))
