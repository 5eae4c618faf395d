from __future__ import annotations

import numpy as np
import pytest

from eegmill.signal.filters.ends import edge_level, zero_phase_from_lines
from eegmill.signal.filters.fir import zero_phase
from eegmill.steps.highpass import highpass_kernel

SFREQ_HZ, CUTOFF_HZ = 50.0, 0.5
KERNEL = highpass_kernel(SFREQ_HZ, CUTOFF_HZ, 0.4)
PERIOD = round(SFREQ_HZ / CUTOFF_HZ)


def highpassed(x):
    return zero_phase_from_lines(x, KERNEL, PERIOD)


def test_a_line_is_taken_out_to_its_ends():
    np.testing.assert_allclose(highpassed(np.linspace(-3.0, 5.0, 900)), 0.0, atol=1e-10)


@pytest.mark.parametrize("value", [0.0, 0.04, -3.7e-5])
def test_a_constant_stays_exactly_constant(value):
    assert np.ptp(highpassed(np.full(700, value))) == 0


@pytest.mark.parametrize("n_times", [1, 2, 30, 170])
def test_a_span_shorter_than_the_kernel_is_continued_again_and_again(n_times):
    x = np.random.default_rng(n_times).standard_normal(n_times)
    assert np.isfinite(highpassed(x)).all()


def test_far_from_the_ends_the_rule_for_them_changes_nothing():
    x = np.random.default_rng(1).standard_normal(1500)
    inside = slice(KERNEL.size // 2, -(KERNEL.size // 2))
    np.testing.assert_allclose(highpassed(x)[inside], zero_phase(x, KERNEL)[inside], atol=1e-12)


def test_a_wave_at_the_end_is_not_taken_for_drift():
    """Point reflection about a crest shifts all that follows by a part of it."""
    seconds = np.arange(3000) / SFREQ_HZ
    alpha = np.cos(2 * np.pi * 10.2 * seconds)
    errors = [
        np.abs(filtered - alpha)[: KERNEL.size // 2].max()
        for filtered in (highpassed(alpha), zero_phase(alpha, KERNEL))
    ]
    assert errors[0] < 0.05
    assert errors[1] > 0.5


def test_the_level_at_the_edge_is_that_of_a_line_half_a_sample_outside():
    assert edge_level(np.arange(40.0), 20) == pytest.approx(-0.5)
