"""Single waves: what a page keeps of them, and how far that is from the signal."""

from __future__ import annotations

import base64
import tracemalloc
import zlib

import numpy as np
import pytest
from numpy.typing import NDArray

from eegmill.report.signals import Shown
from eegmill.report.waves import MIXING_TOP, Waves, basis, waves_of

RATE_HZ = 128.0


def signal(seconds: float = 20.0, n_channels: int = 6) -> NDArray[np.float64]:
    """Sines below 40 Hz, mixed over the channels, about an offset, in volts."""
    times = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    sources = np.array([1e-5 * np.sin(2 * np.pi * hz * times) for hz in (3.0, 10.0, 21.0)])
    mixing = np.random.default_rng(0).normal(size=(n_channels, 3))
    return np.asarray(1e-4 + mixing @ sources)


def decoded(waves: Waves) -> NDArray[np.float64]:
    """What the script of the page makes of it, stretches one behind the other."""
    content = np.frombuffer(zlib.decompress(base64.b64decode(waves.packed)), np.uint8).astype(int)
    codes = content[: len(content) // 2] + 256 * content[len(content) // 2 :]
    amounts = waves.quantum_v * np.where(codes % 2, (codes + 1) // 2, -(codes // 2))
    frames = amounts.reshape(waves.n_components, waves.n_coefficients, -1)
    shapes = basis(waves.block_samples, waves.n_coefficients)
    pieces = np.einsum("ckf,tk->cft", frames, shapes)
    joined, first = [], 0
    for _, length in waves.stretches:
        for frame in range(first, first + length):
            joined.append(pieces[:, frame, waves.block_samples :] + pieces[:, frame + 1, : waves.block_samples])
        first += length + 1
    mixing = np.frombuffer(base64.b64decode(waves.mixing), "<i2").reshape(-1, waves.n_components)
    return np.asarray(waves.mixing_scale * mixing @ np.concatenate(joined, axis=1))


def test_waves_are_kept_to_within_what_is_told() -> None:
    data = signal()
    waves = waves_of(Shown.all_of(data, RATE_HZ))
    lost = decoded(waves)[:, : data.shape[1]] - (data - np.median(data, axis=1, keepdims=True))
    inner = lost[:, 2 * waves.block_samples : -2 * waves.block_samples]
    assert np.sqrt((inner**2).mean()) <= 1.5 * waves.error_v < 1e-6
    assert (waves.share, waves.n_components) == (1.0, 3)


def test_fewer_bytes_make_a_coarser_quantum() -> None:
    shown = Shown.all_of(1e-5 * np.random.default_rng(3).normal(size=(4, 4000)), RATE_HZ)
    fine, coarse = waves_of(shown), waves_of(shown, max_bytes=2000)
    assert coarse.quantum_v > fine.quantum_v
    assert coarse.error_v > fine.error_v
    assert len(coarse.packed) < len(fine.packed)


def test_what_has_no_room_is_kept_in_stretches_that_reach_from_end_to_end() -> None:
    noise = 1e-3 * np.random.default_rng(1).normal(size=(4, round(300 * RATE_HZ)))
    waves = waves_of(Shown.all_of(noise, RATE_HZ), max_bytes=40_000)
    assert 0 < waves.share < 1
    first, last = waves.stretches[0], waves.stretches[-1]
    assert (first[0], sum(last)) == (0, waves.n_blocks)
    assert decoded(waves).shape[1] == sum(length for _, length in waves.stretches) * waves.block_samples


@pytest.mark.parametrize("seconds", [0.1, 1.0, 1.5])
def test_a_recording_shorter_than_a_block_or_two_has_waves_too(seconds: float) -> None:
    data = signal(seconds)
    assert decoded(waves_of(Shown.all_of(data, RATE_HZ))).shape[1] >= data.shape[1]


def test_gaps_and_dead_channels_do_no_harm() -> None:
    data = signal()
    data[0] = 0.0
    data[1, 500:900] = np.nan
    data[2, 100] = np.inf
    assert np.isfinite(decoded(waves_of(Shown.all_of(data, RATE_HZ)))).all()


def test_a_channel_of_millivolts_leaves_the_others_their_waves() -> None:
    data = signal()
    alone = waves_of(Shown.all_of(data, RATE_HZ), max_bytes=12_000)
    data[0] += 5e-3 * np.random.default_rng(2).normal(size=data.shape[1])
    beside = decoded(waves_of(Shown.all_of(data, RATE_HZ), max_bytes=12_000))[1:, : data.shape[1]]
    lost = beside - (data - np.median(data, axis=1, keepdims=True))[1:]
    assert np.sqrt((lost[:, 256:-256] ** 2).mean()) < 20 * max(alone.error_v, 1e-7)


def test_the_same_signal_has_the_same_bytes() -> None:
    shown = Shown.all_of(signal(), RATE_HZ)
    assert waves_of(shown) == waves_of(shown)


def test_codes_have_sixteen_bits() -> None:
    huge = 1e3 * signal()
    waves = waves_of(Shown.all_of(huge, RATE_HZ))
    codes = np.frombuffer(base64.b64decode(waves.mixing), "<i2")
    assert np.abs(codes.astype(int)).max() == MIXING_TOP


def test_encoding_holds_little_more_than_one_chunk_of_the_signal():
    data = np.random.default_rng(0).standard_normal((64, 60_000)).astype(np.float32) * 1e-5
    chunk_bytes = 4 * 64 * 61_000
    tracemalloc.start()
    waves_of(Shown.all_of(data, 1000.0))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2.5 * chunk_bytes


def test_encoding_holds_three_times_the_coefficients_of_a_long_recording():
    data = np.random.default_rng(0).standard_normal((32, 128 * 900)).astype(np.float32) * 1e-5
    tracemalloc.start()
    waves_of(Shown.all_of(data, 128.0))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 3 * 4 * 32 * 80 * 901
