from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eegmill.signal.ica import whitening as module
from eegmill.signal.ica.whitening import products


@given(st.integers(1, 8), st.integers(0, 40), st.sampled_from([np.float32, np.float64]))
def test_the_sum_over_blocks_is_the_product(n_rows, n_samples, kind):
    X = np.random.default_rng(n_samples).standard_normal((n_rows, n_samples)).astype(kind)
    np.testing.assert_allclose(products(X), X.astype(float) @ X.astype(float).T, atol=1e-12)


def test_single_precision_is_summed_in_double(monkeypatch):
    monkeypatch.setattr(module, "BLOCK_SAMPLES", 10)
    X = np.full((1, 100_000), 0.1, dtype=np.float32)
    assert products(X)[0, 0] == pytest.approx(100_000 * float(np.float32(0.1)) ** 2, rel=1e-12)
