from __future__ import annotations

import numpy as np

from eegmill.signal.asr.clean_windows import judge_windows, window_rms
from signals_asr import background, burst


def judged(data, spans=None):
    spans = spans or [(0, data.shape[1])]
    return judge_windows(data, range(len(data)), spans, n_window=100, overlap=0.66)


def test_the_rms_of_a_constant_is_its_size():
    np.testing.assert_allclose(window_rms(np.full(50, -3.0), np.array([0, 20]), 10), [3, 3])


def test_a_burst_is_found_where_it_is():
    windows = judged(burst(background(), 1000, 1100))
    bad = windows.samples(windows.bad(0.25, (None, 7)), 6000)
    assert bad[1000:1100].all()
    assert not bad[:850].any()
    assert not bad[1250:].any()


def test_as_many_channels_may_be_bad_as_allowed():
    data = background()
    data[:2, 1000:1100] *= 50
    assert not judged(data).bad(0.25, (None, 7)).any()
    assert judged(data).bad(0.125, (None, 7)).any()


def test_a_drop_out_is_found_by_the_lower_tolerance_alone():
    data = background()
    data[:, 1000:1200] *= 1e-3
    assert not judged(data).bad(0.25, (None, 7)).any()
    assert judged(data).bad(0.25, (-3.5, 7)).any()


def test_silent_windows_are_bad_and_do_not_shift_the_thresholds():
    data = background()
    z = judged(data).z
    padded = np.concatenate([data, np.zeros((8, 6000))], axis=1)
    windows = judged(padded, [(0, 6000), (6000, 12000)])
    np.testing.assert_array_equal(windows.bad(0.25, (None, 7)), windows.starts >= 6000)
    np.testing.assert_array_equal(windows.z[:, windows.starts < 6000], z)


def test_a_channel_that_never_varies_is_never_out_of_range():
    data = background()
    data[0] = 1e-5
    np.testing.assert_array_equal(judged(data).z[0], 0)
