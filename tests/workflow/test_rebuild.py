"""Making a recording of a derivative again."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from eegmill.errors import DerivativeError
from eegmill.workflow import rebuild
from tiny_bids import put


def test_a_recipe_of_another_version_is_refused_in_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(rebuild, "read_origin", lambda derivative, any_version: SimpleNamespace())
    put(tmp_path / "code" / "recipe.yaml", "name: eegprep\nsteps:\n- import: {sharpness: 10.0}\n")
    with pytest.raises(DerivativeError, match=r"another version of eegmill: .*'sharpness' is not known"):
        rebuild.rebuilder(tmp_path)
