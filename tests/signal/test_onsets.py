from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from eegmill.signal.onsets import sample_of


@given(st.floats(0, 1), st.floats(1, 5000), st.integers(1, 10**7))
def test_an_onset_within_the_recording_has_a_sample_within_it(part, sfreq_hz, n_samples):
    sample = sample_of(part * n_samples / sfreq_hz, sfreq_hz, n_samples)
    assert 0 <= sample < n_samples


@given(st.integers(0, 10**7), st.floats(1, 5000))
def test_the_time_of_a_sample_means_that_sample(sample, sfreq_hz):
    assert sample_of(sample / sfreq_hz, sfreq_hz, 10**7 + 1) == sample
