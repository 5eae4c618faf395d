"""ASR on the recording whose results under EEGPrep 0.4.0 (with a corrected pseudo-inverse) are known."""

from __future__ import annotations

import mne
import numpy as np
import pytest

from eegmill.recording import Recording
from eegmill.steps.asr import Asr
from eegmill.steps.clean_drifts import CleanDrifts
from eegmill.steps.windows import Windows

REFERENCE = [  # cutoff, MaxMem; mean |x|, max |x|, std of the first, second and last channel (µV); samples kept
    (5, 64, (12.80534102, 120.35655, 14.968232, 18.165774, 14.692225), 30504),
    (5, 8192, (12.81657215, 120.35655, 14.888928, 18.255581, 14.696064), 30504),
    (10, 64, (13.26586709, 218.62967, 16.451049, 19.112646, 14.919136), 30504),
    (10, 8192, (13.26334434, 218.62967, 16.502487, 19.119373, 14.92035), 30504),
    (20, 64, (13.45521247, 338.46194, 22.019515, 20.075901, 14.973264), 30376),
    (20, 8192, (13.45577941, 338.46194, 22.018932, 20.074059, 14.972828), 30376),
]


@pytest.fixture(scope="module")
def filtered(shared_data):
    raw = mne.io.read_raw_eeglab(shared_data / "eeglab-sample" / "eeglab_data.set", preload=True, verbose="error")
    raw.drop_channels(["EOG1", "T8"])
    return CleanDrifts().apply(Recording(raw), seed=0)[0].raw


@pytest.mark.parametrize(("cutoff", "maxmem_mb", "figures", "kept"), REFERENCE)
def test_the_figures_are_those_of_eegprep(filtered, cutoff, maxmem_mb, figures, kept):
    done, decisions = Asr(cutoff=cutoff, match_maxmem_mb=maxmem_mb).apply(Recording(filtered.copy()), seed=0)
    uv = done.raw.get_data() * 1e6
    np.testing.assert_allclose([np.abs(uv).mean(), np.abs(uv).max(), *uv[[0, 1, -1]].std(axis=1)], figures, rtol=1e-7)
    assert decisions.calibration.duration_s * 128 == 27496
    assert not decisions.guarded
    assert Windows().apply(done, seed=0)[1].good_s * 128 == kept


def test_one_chunk_is_the_default(filtered):
    ours, one_chunk = (
        Asr(cutoff=10, match_maxmem_mb=limit).apply(Recording(filtered.copy()), seed=0)[0].raw for limit in (None, 8192)
    )
    np.testing.assert_array_equal(ours.get_data(), one_chunk.get_data())
