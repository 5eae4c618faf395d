"""Names for the arrays that the code passes around; shapes are told where they are used."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
"""Numbers in double precision: samples, matrices, positions."""
Samples = NDArray[np.floating[Any]]
"""Samples in single or double precision."""
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
Span = tuple[int, int]
"""Start and stop of a stretch of samples; the stop is the first sample behind it."""
Spans = Sequence[Span]
