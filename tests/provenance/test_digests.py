from __future__ import annotations

import hashlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eegmill.errors import DerivativeError
from eegmill.provenance.digests import canonical, digest, sha256_file, source_digest

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner),
    max_leaves=8,
)


@settings(deadline=None)
@given(st.binary(max_size=2000))
def test_the_digest_of_a_file_is_that_of_its_bytes(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("digest") / "a"
    path.write_bytes(content)
    assert sha256_file(path) == hashlib.sha256(content).hexdigest()


@settings(deadline=None)
@given(VALUES)
def test_canonical_json_is_json_of_the_same_value(value):
    assert json.loads(canonical(value)) == value


@settings(deadline=None)
@given(st.dictionaries(TEXT, st.integers(0, 9), min_size=2))
def test_the_order_of_keys_does_not_matter(value):
    assert digest(value) == digest(dict(reversed(value.items())))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 2**60, {1: 2}, object()])
def test_what_has_no_canonical_form_is_refused(value):
    with pytest.raises(DerivativeError, match="no canonical JSON form"):
        canonical([value])


def test_a_source_digest_follows_the_text_of_its_modules():
    one = source_digest(["eegmill.errors"])
    assert one == source_digest(["eegmill.errors", "eegmill.errors"])
    assert one != source_digest(["eegmill.errors", "eegmill.version"])


@pytest.mark.parametrize("name", ["eegmill.nowhere", "nowhere.at.all", "sys"])
def test_a_module_without_source_is_named(name):
    with pytest.raises(DerivativeError, match=name):
        source_digest([name])
