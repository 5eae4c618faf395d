"""What comes into a recording beside the brain: each kind of artefact alone, with its places in time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from validation.cleanbench.head import CAPS, dipoles, fields
from validation.synthetic import Samples

MEASURED = ("P7", "P8", "Pz", "PO7", "PO8")
"""Electrodes that the effects are measured at; none of them is ever a bad channel."""
BAD_CHANNELS = ("flat", "noisy", "loose", "dead")
LEFT_EYE, RIGHT_EYE = (-0.3, 0.76, -0.25), (0.3, 0.76, -0.25)
MUSCLES = [((side * x, y, z), (side, 0.2, 0.1)) for side in (-1, 1) for x, y, z in ((0.75, 0.3, 0.0), (0.8, -0.1, 0.0), (0.7, -0.5, -0.1))]  # fmt: skip


@dataclass(frozen=True)
class Artefact:
    """One kind of artefact: its signal in V, shape (n_channels, n_times), and from which sample to which it lasts."""

    kind: str
    data: Samples
    stretches: tuple[tuple[int, int], ...] = ()

    def mask(self) -> NDArray[np.bool_]:
        """Where it is there, shape (n_times,)."""
        there = np.zeros(self.data.shape[1], bool)
        for start, stop in self.stretches:
            there[start:stop] = True
        return there


@dataclass(frozen=True)
class Scene:
    """What every kind is made for: a cap, a length, a rate, and a source of random numbers of its own."""

    cap: str
    n_times: int
    sfreq_hz: float
    rng: np.random.Generator

    @property
    def shape(self) -> tuple[int, int]:
        """Channels and samples."""
        return len(CAPS[self.cap].split()), self.n_times

    def samples(self, seconds: float) -> int:
        """So many seconds in samples."""
        return round(seconds * self.sfreq_hz)

    def starts(self, every_s: float, length_s: float) -> NDArray[np.int64]:
        """Where something begins that comes every so many seconds (0.5 to 1.5 times that), each with room for its length."""
        gaps = self.rng.uniform(0.5, 1.5, int(2 * self.n_times / self.samples(every_s)) + 2) * every_s
        found = np.round(np.cumsum(gaps) * self.sfreq_hz).astype(np.int64)
        return found[found < self.n_times - self.samples(length_s)]

    def channel(self) -> int:
        """Any channel that no effect is measured at."""
        free = [i for i, name in enumerate(CAPS[self.cap].split()) if name not in MEASURED]
        return int(self.rng.choice(free))


def blinks(scene: Scene) -> Artefact:
    """150 to 300 µV at the forehead, 0.15 s up and 0.25 s down, every 4 s or so."""
    seen = fields(scene.cap, dipoles((LEFT_EYE, (-0.1, 1, 0.05)), (RIGHT_EYE, (0.1, 1, 0.05)))).sum(axis=1)
    up, down = (np.sin(np.linspace(0, np.pi / 2, scene.samples(length))) ** 2 for length in (0.15, 0.25))
    course, train, stretches = np.r_[up, down[::-1]], np.zeros(scene.n_times), []
    for start in scene.starts(4.0, 0.5):
        train[start : start + len(course)] += scene.rng.uniform(150e-6, 300e-6) * course
        stretches.append((int(start), int(start) + len(course)))
    return Artefact("blinks", np.outer(seen / np.abs(seen - seen.mean()).max(), train), tuple(stretches))


def saccades(scene: Scene) -> Artefact:
    """30 to 80 µV at the temples, to one side for 0.3 to 1 s and back, every 7 s or so."""
    seen = fields(scene.cap, dipoles((LEFT_EYE, (1, 0, 0)), (RIGHT_EYE, (1, 0, 0)))).sum(axis=1)
    train, stretches = np.zeros(scene.n_times), []
    for start in scene.starts(7.0, 1.1):
        length = scene.samples(scene.rng.uniform(0.3, 1.0))
        train[start : start + length] += scene.rng.choice([-1, 1]) * scene.rng.uniform(30e-6, 80e-6)
        stretches.append((int(start), int(start) + length))
    turn = np.ones(scene.samples(0.03)) / scene.samples(0.03)  # the eyes take 30 ms
    return Artefact("saccades", np.outer(seen / np.abs(seen).max(), np.convolve(train, turn, "same")), tuple(stretches))


def muscle(scene: Scene) -> Artefact:
    """Bursts of 0.5 to 2 s above 20 Hz, 20 to 60 µV RMS at a temple, every 20 s or so."""
    seen = fields(scene.cap, dipoles(*MUSCLES))
    seen /= np.abs(seen).max(axis=0)
    data, stretches = np.zeros(scene.shape), []
    for start in scene.starts(20.0, 2.0):
        length = scene.samples(scene.rng.uniform(0.5, 2.0))
        burst = above_20_hz(length, scene) * np.hanning(length) * scene.rng.uniform(40e-6, 100e-6)
        data[:, start : start + length] += np.outer(seen[:, scene.rng.integers(len(MUSCLES))], burst)
        stretches.append((int(start), int(start) + length))
    return Artefact("muscle", data, tuple(stretches))


def above_20_hz(length: int, scene: Scene) -> Samples:
    """White noise from 20 Hz on, SD 1."""
    spectrum = np.fft.rfft(scene.rng.standard_normal(length))
    spectrum[np.fft.rfftfreq(length, 1 / scene.sfreq_hz) < 20] = 0
    noise = np.fft.irfft(spectrum, length)
    return np.asarray(noise / noise.std())


def drift(scene: Scene) -> Artefact:
    """Every channel wanders on its own below 0.1 Hz, by 20 to 80 µV RMS, from an offset of its own of some mV."""
    spectrum = np.fft.rfft(scene.rng.standard_normal(scene.shape))
    frequency_hz = np.fft.rfftfreq(scene.n_times, 1 / scene.sfreq_hz)
    spectrum *= np.where(frequency_hz > 0, 1 / np.maximum(frequency_hz, 1e-3), 0) * (frequency_hz < 0.1)
    slow = np.fft.irfft(spectrum, scene.n_times)
    n_channels = len(slow)
    slow *= scene.rng.uniform(20e-6, 80e-6, (n_channels, 1)) / slow.std(axis=1, keepdims=True)
    return Artefact("drift", slow + scene.rng.normal(0, 3e-3, (n_channels, 1)))


def line(scene: Scene) -> Artefact:
    """50 Hz of 1 to 6 µV, with a phase of each channel's own, and a tenth of it at 100 Hz."""
    n_channels, n_times = scene.shape
    turn = 2 * np.pi * 50 * np.arange(n_times) / scene.sfreq_hz
    phase = scene.rng.normal(0, 0.3, (n_channels, 1))
    hum = np.sin(turn + phase) + 0.1 * np.sin(2 * turn + phase)
    return Artefact("line", scene.rng.uniform(1e-6, 6e-6, (n_channels, 1)) * hum)


def jumps(scene: Scene) -> Artefact:
    """Steps of 100 to 300 µV in one channel that die away within a second or two, every 40 s or so."""
    data, stretches = np.zeros(scene.shape), []
    decay = np.exp(-np.arange(scene.samples(4.0)) / scene.samples(0.8))
    for start in scene.starts(40.0, 4.0):
        size = scene.rng.choice([-1, 1]) * scene.rng.uniform(100e-6, 300e-6)
        data[scene.channel(), start : start + len(decay)] += size * decay
        stretches.append((int(start), int(start) + len(decay)))
    return Artefact("jumps", data, tuple(stretches))


def pops(scene: Scene) -> Artefact:
    """Spikes of 40 to 100 ms and 200 to 500 µV in one channel, every 25 s or so."""
    data, stretches = np.zeros(scene.shape), []
    for start in scene.starts(25.0, 0.2):
        length = scene.samples(scene.rng.uniform(0.04, 0.1))
        size = scene.rng.choice([-1, 1]) * scene.rng.uniform(200e-6, 500e-6)
        data[scene.channel(), start : start + length] += size * np.hanning(length)
        stretches.append((int(start), int(start) + length))
    return Artefact("pops", data, tuple(stretches))


def movement(scene: Scene) -> Artefact:
    """Once, for 5 s: 0.5 to 3 Hz of 100 µV RMS or so, in each channel by its own share."""
    length = scene.samples(5.0)
    start = int(scene.rng.integers(scene.n_times // 4, 3 * scene.n_times // 4))
    spectrum = np.fft.rfft(scene.rng.standard_normal((3, length)))
    frequency_hz = np.fft.rfftfreq(length, 1 / scene.sfreq_hz)
    spectrum[:, (frequency_hz < 0.5) | (frequency_hz > 3)] = 0
    sway = np.fft.irfft(spectrum, length)
    sway *= np.hanning(length) * 60e-6 / sway.std(axis=1, keepdims=True)
    data = np.zeros(scene.shape)
    data[:, start : start + length] = scene.rng.standard_normal((scene.shape[0], 3)) @ sway
    return Artefact("movement", data, ((start, start + length),))


TRANSIENT_AND_STEADY: tuple[Callable[[Scene], Artefact], ...] = (blinks, saccades, muscle, drift, line, jumps, pops, movement)  # fmt: skip


def bad_channels(scene: Scene) -> tuple[Samples, dict[str, str]]:
    """Four bad channels, one of each kind: what they hold in V, shape (n_channels, n_times) with NaN in good ones; their kinds.

    A flat channel holds nothing, a dead one amplifier noise (1/f, 10 µV), a noisy one 40 µV of white noise, and a loose one
    wanders and jumps by hundreds of µV with hum. Noisy and loose ones hold this on top of the rest: see ``simulate``.
    """
    names = CAPS[scene.cap].split()
    free = [i for i, name in enumerate(names) if name not in MEASURED]
    picks = scene.rng.choice(free, len(BAD_CHANNELS), replace=False)
    data = np.full(scene.shape, np.nan)
    for pick, kind in zip(picks, BAD_CHANNELS, strict=True):
        data[pick] = _bad_signal(kind, scene)
    return data, {names[pick]: kind for pick, kind in zip(picks, BAD_CHANNELS, strict=True)}


def _bad_signal(kind: str, scene: Scene) -> Samples:
    n, rng = scene.n_times, scene.rng
    if kind == "flat":
        return 1e-9 * rng.standard_normal(n)
    if kind == "noisy":
        return 40e-6 * rng.standard_normal(n)
    if kind == "dead":
        spectrum = np.fft.rfft(rng.standard_normal(n))
        spectrum[1:] /= np.sqrt(np.arange(1, len(spectrum)))
        noise = np.fft.irfft(spectrum, n)
        return np.asarray(10e-6 * noise / noise.std())
    walk = np.cumsum(rng.standard_normal(n)) / np.sqrt(scene.sfreq_hz)
    steps = np.cumsum((rng.random(n) < 0.5 / scene.sfreq_hz) * rng.normal(0, 3, n))
    hum = np.sin(2 * np.pi * 50 * np.arange(n) / scene.sfreq_hz)
    return np.asarray(100e-6 * (walk + steps + 0.5 * hum))
