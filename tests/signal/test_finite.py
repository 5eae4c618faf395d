from __future__ import annotations

import numpy as np
import pytest

from eegmill.errors import Rejected
from eegmill.signal.finite import require_finite
from signals_asr import recording


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_channel_with_a_missing_sample_is_named(value):
    data = np.zeros((3, 10))
    data[1, 4] = value
    with pytest.raises(Rejected, match="infinity in 1: run"):
        require_finite(recording(data).raw, [0, 1])


def test_other_channels_do_not_matter():
    data = np.zeros((3, 10))
    data[2] = np.nan
    require_finite(recording(data).raw, [0, 1])
