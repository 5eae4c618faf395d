"""The preview of a whole recording."""

from __future__ import annotations

import base64
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eegmill.report.preview import LINEAR_TO_V, MAX_CODE, MAX_VALUES, decode, encode, extremes_of, preview_of, steps_of
from eegmill.report.signals import Shown


@given(st.floats(-0.01, 0.01), st.floats(1e-4, 0.01))
def test_a_value_comes_back_within_its_step(value_v: float, top_v: float) -> None:
    found = float(decode(encode(np.array([value_v], np.float32), top_v), top_v)[0])
    clipped = np.clip(value_v, -top_v, top_v)
    step_v = np.hypot(clipped, LINEAR_TO_V) * np.arcsinh(top_v / LINEAR_TO_V) / MAX_CODE
    assert abs(found - clipped) <= 0.6 * step_v


def test_no_sample_is_outside_of_what_its_step_shows() -> None:
    samples = np.random.default_rng(0).normal(scale=2e-5, size=(3, 1003)).astype(np.float32)
    extremes = extremes_of(Shown.all_of(samples, 100.0), 40)
    step = np.searchsorted(np.arange(40) * 1003 // 40, np.arange(1003), side="right") - 1
    centred = samples - np.median(samples, axis=1, keepdims=True)
    assert np.all(centred >= extremes[:, 0, step] - 1e-9)
    assert np.all(centred <= extremes[:, 1, step] + 1e-9)
    assert extremes[:, 1].max() == pytest.approx(centred.max())


def test_a_spike_of_one_sample_is_seen_in_an_hour() -> None:
    samples = np.zeros((1, 500 * 3600), np.float32)
    samples[0, 1_234_567] = 1e-3
    extremes = extremes_of(Shown.all_of(samples, 500.0), 4000)
    assert np.flatnonzero(extremes[0, 1] > 5e-4).tolist() == [1_234_567 * 4000 // samples.shape[1]]


def test_samples_that_are_missing_are_a_gap() -> None:
    samples = np.ones((1, 100))
    samples[0, 20:30] = np.nan
    packed = preview_of(Shown.all_of(samples, 10.0), 10).packed
    codes = np.frombuffer(zlib.decompress(base64.b64decode(packed)), np.int8).reshape(1, 2, 10)
    assert np.flatnonzero(codes[0, 0] == -128).tolist() == [2]


@given(st.integers(1, 10**8), st.integers(1, 512), st.integers(1, 2))
def test_a_page_has_room_for_all_steps(n_times: int, n_channels: int, n_signals: int) -> None:
    n_steps = steps_of(n_times, n_channels, n_signals)
    assert 1 <= n_steps <= n_times
    assert 2 * n_steps * n_channels * n_signals <= MAX_VALUES


def test_two_signals_of_different_rates_have_the_same_steps() -> None:
    slow, fast = np.zeros((1, 100)), np.zeros((1, 1000))
    slow[0, 55], fast[0, 555] = 1.0, 1.0
    found = [int(extremes_of(Shown.all_of(x, rate), 50)[0, 1].argmax()) for x, rate in ((slow, 10.0), (fast, 100.0))]
    assert found == [27, 27]
