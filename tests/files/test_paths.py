from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eegmill.errors import SourceError
from eegmill.files.paths import inside, is_safe, safe_path


@given(key=st.text(alphabet=st.sampled_from("ab./\\:C\0\n "), max_size=12))
def test_what_is_called_safe_stays_below_its_folder(tmp_path_factory, key):
    root = tmp_path_factory.getbasetemp() / "root"
    if is_safe(key):
        assert (root / key).resolve().is_relative_to(root.resolve())
        assert (root / key).resolve() != root.resolve()


@given(parts=st.lists(st.text(alphabet="abé脑_-. ", min_size=3).filter(lambda part: part.strip(".")), min_size=1))
def test_ordinary_names_are_safe(parts):
    assert is_safe("/".join(parts))


@pytest.mark.parametrize("key", ["", "/", "..", "a/../b", "a//b", "a/", "\ud800"])
def test_a_path_that_is_not_safe_is_refused_by_name(key):
    with pytest.raises(SourceError, match="refused"):
        safe_path(key)


def test_a_link_inside_the_dataset_is_fine(tmp_path):
    (tmp_path / "sub-01").mkdir()
    (tmp_path / "sub-02").symlink_to("sub-01")
    assert inside(tmp_path, "sub-02/a.edf") == tmp_path / "sub-02" / "a.edf"
