"""Faults of known place and dose, put into real recordings."""

# ruff: noqa: ARG001 - every fault takes the same arguments

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from validation import recordings
from validation.synthetic import Samples

if TYPE_CHECKING:
    import mne

SECONDS = 120.0


@dataclass(frozen=True)
class Trial:
    """A recording with a fault: which, how strong, and in which channels."""

    recording: str
    fault: str
    dose: str
    raw: mne.io.BaseRaw
    faulty: frozenset[str]


Spoil = Callable[[Samples, list[int], float, float, np.random.Generator], None]


def flat(data: Samples, picks: list[int], share: float, rate_hz: float, rng: np.random.Generator) -> None:
    """Nothing but 0.01 µV of noise for a share of the time."""
    n = round(share * data.shape[1])
    for pick in picks:
        data[pick, :n] = data[pick, 0] + 1e-8 * rng.standard_normal(n)


def noisy(data: Samples, picks: list[int], dose: float, rate_hz: float, rng: np.random.Generator) -> None:
    """White noise of ``dose`` standard deviations of the channel on top of it."""
    for pick in picks:
        data[pick] += dose * data[pick].std() * rng.standard_normal(data.shape[1])


def dead(data: Samples, picks: list[int], amplitude_uv: float, rate_hz: float, rng: np.random.Generator) -> None:
    """Amplifier noise (1/f) instead of EEG."""
    for pick in picks:
        spectrum = np.fft.rfft(rng.standard_normal(data.shape[1]))
        spectrum[1:] /= np.sqrt(np.arange(1, len(spectrum)))
        noise = np.fft.irfft(spectrum, data.shape[1])
        data[pick] = amplitude_uv * 1e-6 * noise / noise.std()


def loose(data: Samples, picks: list[int], share: float, rate_hz: float, rng: np.random.Generator) -> None:
    """Spells of 2 s with jumps, drift and hum ten times as large as the EEG, for a share of the time."""
    length = round(2 * rate_hz)
    hum = np.sin(2 * np.pi * 50 * np.arange(length) / rate_hz)
    for pick in picks:
        scale = data[pick].std()
        starts = np.arange(0, data.shape[1] - length, length)
        for start in rng.choice(starts, round(share * len(starts)), replace=False):
            walk = np.cumsum(rng.standard_normal(length)) / np.sqrt(length)
            jumps = np.cumsum((rng.random(length) < 3 / length) * rng.standard_normal(length))
            data[pick, start : start + length] += 10 * scale * (walk + jumps + 0.3 * hum)


def bridged(data: Samples, picks: list[int], noise_uv: float, rate_hz: float, rng: np.random.Generator) -> None:
    """Pairs of channels both record their mean, each with a little noise."""
    for one, other in zip(picks[::2], picks[1::2], strict=True):
        mean = (data[one] + data[other]) / 2
        for pick in (one, other):
            data[pick] = mean + noise_uv * 1e-6 * rng.standard_normal(len(mean))


def swapped(data: Samples, picks: list[int], dose: float, rate_hz: float, rng: np.random.Generator) -> None:
    """Pairs of channels exchange their signals."""
    for one, other in zip(picks[::2], picks[1::2], strict=True):
        data[[one, other]] = data[[other, one]]


def saturated(data: Samples, picks: list[int], limit_sd: float, rate_hz: float, rng: np.random.Generator) -> None:
    """The amplifier ends at ``limit_sd`` standard deviations."""
    for pick in picks:
        mean, limit = data[pick].mean(), limit_sd * data[pick].std()
        data[pick] = np.clip(data[pick], mean - limit, mean + limit)


FAULTS: dict[str, tuple[Spoil, dict[str, float]]] = {
    "flat": (flat, {"20 % of the time": 0.2, "60 %": 0.6, "always": 1.0}),
    "noisy": (noisy, {"0.5 SD": 0.5, "1 SD": 1.0, "3 SD": 3.0}),
    "dead, 1/f noise": (dead, {"1 µV": 1.0, "10 µV": 10.0, "50 µV": 50.0}),
    "loose": (loose, {"20 % of the time": 0.2, "50 %": 0.5, "80 %": 0.8}),
    "saturated": (saturated, {"at 2 SD": 2.0, "1 SD": 1.0, "0.5 SD": 0.5}),
    "bridged pair": (bridged, {"+ 1 µV": 1.0, "+ 0.3 µV": 0.3, "+ 0 µV": 0.0}),
    "swapped pair": (swapped, {"nearest third": 0.0, "middle": 0.5, "farthest": 1.0}),
}


def pairs(raw: mne.io.BaseRaw, fault: str, dose: float, rng: np.random.Generator) -> list[int]:
    """One pair of channels: neighbours for a bridge, as far apart as the dose says for a swap."""
    positions = np.array([channel["loc"][:3] for channel in raw.info["chs"]])
    one = int(rng.integers(len(positions)))
    by_distance = np.argsort(np.linalg.norm(positions - positions[one], axis=1))[1:]
    if fault == "bridged pair":
        return [one, int(by_distance[0])]
    third = len(by_distance) // 3
    start = round(dose * (len(by_distance) - third))
    return [one, int(rng.choice(by_distance[start : start + third]))]


def trials(clean: dict[str, mne.io.BaseRaw], n_seeds: int) -> Iterator[Trial]:
    """Each fault at each dose, ``n_seeds`` times, in a tenth of the channels or in one pair."""
    for name, whole in clean.items():
        yield Trial(name, "none", "", whole, frozenset())
        for number, (fault, (spoil, doses)) in enumerate(FAULTS.items()):
            for rank, (dose, value) in enumerate(doses.items()):
                for seed in range(n_seeds):
                    rng = np.random.default_rng([number, rank, seed, len(whole.ch_names)])
                    raw = whole.copy()
                    if "pair" in fault:
                        picks = pairs(raw, fault, value, rng)
                    else:
                        count = max(1, round(len(raw.ch_names) / 10))
                        picks = [int(i) for i in rng.choice(len(raw.ch_names), count, replace=False)]
                    spoil(raw._data, picks, value, float(raw.info["sfreq"]), rng)
                    yield Trial(name, fault, dose, raw, frozenset(raw.ch_names[i] for i in picks))


def clean_recordings() -> dict[str, mne.io.BaseRaw]:
    """What faults are put into, 120 s each: EEGLAB's 30 EEG channels, and two of EEGMAT at rest at 250 Hz."""
    eeglab = recordings.eeglab_sample().drop_channels(["EOG1", "EOG2"]).crop(0, SECONDS - 1 / 128)
    subjects = ("00", "11")
    at_rest = {f"EEGMAT {one}": recordings.eegmat(one).crop(0, SECONDS).resample(250.0) for one in subjects}
    return {"EEGLAB": eeglab, **at_rest}
