"""PNG by hand."""

from __future__ import annotations

import base64
import io

import numpy as np

from eegmill.report.png import data_uri


def test_a_reader_gets_the_pixels_back() -> None:
    import matplotlib.image

    pixels = np.random.default_rng(0).integers(0, 256, size=(5, 7, 4), dtype=np.uint8)
    data = base64.b64decode(data_uri(pixels).removeprefix("data:image/png;base64,"))
    seen = matplotlib.image.imread(io.BytesIO(data), format="png")
    np.testing.assert_array_equal((seen * 255).round().astype(np.uint8), pixels)
