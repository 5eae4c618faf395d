from __future__ import annotations

import hashlib
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eegmill.files.digests import Digests, digests_of, hashed, identity
from pinned import locked

URL = "https://example.org/a"


def pins_of(data: bytes) -> dict[str, str]:
    return {
        "sha256": hashlib.sha256(data).hexdigest(),
        "md5": hashlib.md5(data).hexdigest(),
        "git_sha1": hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest(),
    }


@given(chunks=st.lists(st.binary(max_size=50), max_size=5), pin=st.sampled_from(["sha256", "md5", "git_sha1"]))
def test_bytes_agree_with_their_pin_however_they_are_cut(chunks, pin):
    data = b"".join(chunks)
    file = locked("a", URL, size=len(data), **{pin: pins_of(data)[pin]})
    digests = Digests(file, file.size)
    for chunk in chunks:
        digests.update(chunk)
    assert digests.differences(file) == ""
    digests.update(b"x")
    assert f"{pin} {pins_of(data)[pin]} pinned" in digests.differences(file)


def test_a_git_digest_is_that_of_git(tmp_path):
    path = tmp_path / "a.tsv"
    path.write_bytes(b"onset\r\n1\n")
    said = subprocess.run(["git", "hash-object", "--no-filters", path], capture_output=True, text=True, check=True)
    file = locked("a", URL, git_sha1=said.stdout.strip())
    assert digests_of(path, file).differences(file) == ""


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({"sha256": "a"}, {"sha256": "a", "url": "https://mirror.example.org/a"}, True),
        ({"md5": "a", "size": 1}, {"md5": "a", "size": 1, "etag": "b"}, True),
        ({"md5": "a", "size": 1}, {"md5": "b", "size": 1}, False),
        ({"etag": "a"}, {"etag": "a", "url": "https://mirror.example.org/a"}, False),
        ({"etag": "a"}, {"etag": "b"}, False),
        ({"version_id": "1"}, {"version_id": "2"}, False),
    ],
)
def test_an_identity_stands_for_the_bytes(one, other, same):
    first, second = (identity(locked("a", **{"url": URL, **pins})) for pins in (one, other))
    assert (first == second) is same


@pytest.mark.parametrize("pins", [{}, {"size": 5}, {"etag": 'W/"1"'}])
def test_a_pin_that_does_not_bind_the_bytes_has_no_identity(pins):
    assert identity(locked("a", URL, **pins)) is None


def test_a_git_digest_binds_only_with_the_size():
    assert [hashed(locked("a", URL, git_sha1="a", **size)) for size in ({}, {"size": 1})] == [False, True]
