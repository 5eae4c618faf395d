"""Libraries of a module: found wherever they are imported."""

from __future__ import annotations

import ast

import pytest

from eegmill.workflow.libraries import distributions


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("import numpy as np", {"numpy"}),
        ("def f():\n    from sklearn.decomposition import PCA", {"scikit-learn"}),
        ("from scipy.signal import firwin\nimport json", {"scipy"}),
        ("weights = find_spec('mne_icalabel')", {"mne-icalabel"}),
        ("importlib.import_module('picard')", {"python-picard"}),
        ("from . import numpy\nload('mne')", set()),
    ],
)
def test_a_library_is_found_wherever_it_is_imported(code: str, names: set[str]) -> None:
    assert distributions(ast.walk(ast.parse(code))) == names
