from __future__ import annotations

import numpy as np
import pytest

from eegmill.errors import ConfigurationError
from eegmill.signal.filters.fir import filter_channels
from eegmill.steps.highpass import Highpass, highpass_kernel
from signals_signal import apply, cut, noise

KERNEL = highpass_kernel(100.0, 0.5, 0.4)


@pytest.mark.parametrize("cutoff_hz", [0.1, 0.5, 1.0, 10.0])
def test_it_is_the_filter_of_mne(cutoff_hz):
    raw = noise(2, seconds=60)
    expected = raw.copy().filter(cutoff_hz, None, verbose="error").get_data()
    apply(Highpass(cutoff_hz=cutoff_hz), raw)
    np.testing.assert_allclose(raw.get_data(), expected, atol=1e-17)


def test_the_transition_is_recorded():
    decisions = apply(Highpass(cutoff_hz=1.0), noise(1))[1]
    assert (decisions.transition_hz, decisions.taps, decisions.short_spans) == (1.0, 331, 0)


def test_a_transition_of_ones_own():
    assert apply(Highpass(cutoff_hz=2.0, transition_hz=0.5), noise(1))[1].taps == 661


def test_the_recording_knows_its_new_band():
    raw = noise(1)
    apply(Highpass(cutoff_hz=0.5), raw)
    assert raw.info["highpass"] == 0.5


def test_each_span_loses_its_own_offset():
    raw = cut(noise(1, seconds=60), 30.0)
    raw._data[0, 3000:] += 1e-3
    apply(Highpass(), raw)
    assert np.abs(raw.get_data()).max() < 1e-4


def test_two_seconds_are_filtered_and_reported_as_short():
    decisions = apply(Highpass(cutoff_hz=0.5), noise(1, seconds=2))[1]
    assert decisions.short_spans == 1


def test_a_cutoff_beyond_the_nyquist_frequency_is_refused():
    with pytest.raises(ConfigurationError, match=r"60 Hz"):
        apply(Highpass(cutoff_hz=60.0), noise(1))


def test_ends_on_lines_move_less_when_a_second_is_dropped():
    changes = {}
    for ends in ("sample", "line"):
        whole, later = noise(1, seconds=40), noise(1, seconds=40)
        later.crop(1.0)
        for raw in (whole, later):
            step = Highpass(cutoff_hz=0.5, transition_hz=0.4, ends=ends)
            filter_channels(raw, KERNEL, convolved=step.convolved(100.0))
        changes[ends] = float(np.std(whole.get_data()[:, 100:] - later.get_data()))
    assert changes["line"] < 0.5 * changes["sample"]
