from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eegmill.signal.bad import noise as noisiness
from eegmill.signal.bad.noise import low_pass, split_noise, spread_ratio, thinning
from eegmill.signal.robust import median, robust_z
from signals_bads import signals


@pytest.mark.parametrize("rate_hz", [128.0, 250.0, 512.0])
def test_the_low_pass_keeps_30_hz_and_takes_60_hz(rate_hz):
    t = np.arange(-2000, 2000) / rate_hz
    kernel = low_pass(rate_hz)
    kept = np.convolve(np.cos(2 * np.pi * 30 * t), kernel, "valid")
    taken = np.convolve(np.cos(2 * np.pi * 60 * t), kernel, "valid")
    assert np.ptp(kept) == pytest.approx(2, rel=0.01)
    assert np.ptp(taken) < 0.01


@pytest.mark.parametrize(
    ("rate_hz", "factor"), [(128.0, 1), (200.0, 1), (250.0, 2), (500.0, 4), (1000.0, 7), (5000.0, 18)]
)
def test_samples_are_thinned_as_far_as_the_filter_allows(rate_hz, factor):
    assert thinning(rate_hz) == factor


@pytest.mark.parametrize("rate_hz", [250.0, 500.0, 1000.0, 5000.0])
def test_thinning_folds_less_than_a_thousandth_back(rate_hz):
    spectrum = np.abs(np.fft.rfft(low_pass(rate_hz), 2**16))
    frequencies = np.fft.rfftfreq(2**16, 1 / rate_hz)
    folding = frequencies > rate_hz / thinning(rate_hz) - 50
    assert spectrum[folding].max() < 1e-3


def test_thinning_keeps_every_fourth_sample_of_the_low_passed_signal_at_500_hz():
    data = list(signals(2, sfreq_hz=500.0))
    whole, thinned = (split_noise(data, 500.0, [(0, 10_000)], thin=thin).below[1][:] for thin in (False, True))
    np.testing.assert_array_equal(thinned, whole[::4])


def test_no_filter_reaches_across_a_discontinuity():
    data = signals(3, duration_s=10)
    parted = split_noise(list(data), 200.0, [(0, 1000), (1000, 2000)])
    alone = split_noise([row[:1000] for row in data], 200.0, [(0, 1000)])
    np.testing.assert_array_equal(parted.below[0][:1000], alone.below[0][:])


@given(st.lists(st.integers(0, 1500), min_size=2, max_size=8), st.sampled_from([1, 700, 2**15]))
def test_a_channel_is_the_same_in_whatever_pieces_it_is_read(edges, piece):
    noise = split_noise([signals(1, sfreq_hz=500.0, duration_s=3)[0]], 500.0, [(0, 600), (600, 1500)])
    whole = noise.below[0][:]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(noisiness, "PIECE_SAMPLES", piece)
        for start, stop in pairwise(sorted(edges)):
            np.testing.assert_allclose(noise.below[0][start:stop], whole[start:stop], atol=1e-12 * np.abs(whole).max())


@given(st.lists(st.floats(-1e3, 1e3) | st.just(np.nan) | st.just(np.inf), min_size=1, max_size=9))
def test_the_median_is_numpys(values):
    with np.errstate(invalid="ignore"):
        np.testing.assert_array_equal(median(np.array(values)), np.median(values))


def test_at_100_hz_there_is_nothing_to_split():
    assert split_noise(list(signals(3, sfreq_hz=100.0)), 100.0, [(0, 2000)]).ratio is None


@pytest.mark.parametrize(("above", "below", "ratio"), [(0.0, 0.0, 0.0), (1.0, 0.0, np.inf), (1.0, 2.0, 0.5)])
def test_silence_has_a_ratio_too(above, below, ratio):
    wave = np.tile([-1.0, 1.0], 50)
    assert spread_ratio(above * wave, below * wave) == ratio


def test_equal_channels_are_no_outliers():
    np.testing.assert_array_equal(robust_z(np.full(5, 3.0)), 0)


def test_a_robust_z_of_normal_numbers_is_a_z():
    values = np.random.default_rng(0).normal(7, 2, 20_000)
    assert robust_z(values).std() == pytest.approx(1, rel=0.03)
