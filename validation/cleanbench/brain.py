"""What the simulated brain does: background activity, and what it answers to two kinds of stimuli."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from validation.cleanbench.head import CAPS, Dipoles, dipoles, fields
from validation.synthetic import Samples

N_SOURCES = 120
BACKGROUND_UV, ALPHA_UV, SENSOR_UV = 7.0, 6.0, 0.4
"""RMS of the aperiodic background (mean over channels), of alpha (at Oz) and of the amplifier's noise."""
FLAT_BELOW_HZ = 0.3
"""Below it the background is as strong as here: 1/f without end would be all drift."""
GAP_S = (1.1, 1.6)
JITTER = 0.2
"""SD of the size of single responses, as a share."""
OCCIPITAL = [((x, -0.6, z), (2 * x, -1.0, 0.8)) for x in (-0.3, 0.0, 0.3) for z in (0.1, 0.3)]


@dataclass(frozen=True)
class Wave:
    """One wave of the response: its sources, the electrodes that it is sized at, when and how long, and how large."""

    sources: Dipoles
    electrodes: tuple[str, ...]
    peak_s: float
    sd_s: float
    standard_uv: float
    difference_uv: tuple[float, float] = (0.0, 0.0)
    """Between what the peak's difference of targets and standards is drawn."""


WAVES = (
    Wave(dipoles(((0.25, -0.65, 0.0), (0.4, -1, 0.1)), ((-0.25, -0.65, 0.0), (-0.4, -1, 0.1))), ("Oz",), 0.10, 0.02, 3.0),
    Wave(
        dipoles(((0.45, -0.5, -0.05), (1, -0.7, -0.3)), ((-0.45, -0.5, -0.05), (-1, -0.7, -0.3))),
        ("P7", "P8"), 0.17, 0.018, -4.0, (-2.4, -1.9),
    ),
    Wave(dipoles(((0.0, -0.3, 0.4), (0.0, -0.45, 1.0))), ("Pz",), 0.40, 0.08, 2.5, (1.8, 2.4)),
)  # fmt: skip
"""P1 alike in both conditions, N170 and P3 larger for targets."""


def background(cap: str, n_times: int, sfreq_hz: float, rng: np.random.Generator) -> Samples:
    """Activity that knows nothing of the stimuli, in V, shape (n_channels, n_times)."""
    mixing = fields(cap, scattered(rng))
    data = mixing @ pink(len(mixing.T), n_times, sfreq_hz, rng)
    data *= BACKGROUND_UV * 1e-6 / data.std(axis=1).mean()
    alpha = fields(cap, dipoles(*OCCIPITAL)) @ waxing_alpha(len(OCCIPITAL), n_times, sfreq_hz, rng)
    data += alpha * (ALPHA_UV * 1e-6 / alpha[CAPS[cap].split().index("Oz")].std())
    return data + SENSOR_UV * 1e-6 * rng.standard_normal(data.shape)


def scattered(rng: np.random.Generator) -> Dipoles:
    """Sources anywhere in the cortex of the upper head, deep and shallow, pointing anywhere."""
    places = rng.standard_normal((4 * N_SOURCES, 3))
    places /= np.linalg.norm(places, axis=1, keepdims=True)
    places = places[places[:, 2] > -0.4][:N_SOURCES] * rng.uniform(0.45, 0.85, (N_SOURCES, 1))
    directions = rng.standard_normal(places.shape)
    return Dipoles(places, directions / np.linalg.norm(directions, axis=1, keepdims=True))


def pink(n_rows: int, n_times: int, sfreq_hz: float, rng: np.random.Generator) -> Samples:
    """Noise whose power falls with frequency to the power of 0.8 to 1.6, another for each row; SD 1."""
    spectrum = np.fft.rfft(rng.standard_normal((n_rows, n_times)))
    frequency_hz = np.maximum(np.fft.rfftfreq(n_times, 1 / sfreq_hz), FLAT_BELOW_HZ)
    spectrum *= frequency_hz ** (-rng.uniform(0.8, 1.6, (n_rows, 1)) / 2)
    return _unit(np.fft.irfft(spectrum, n_times))


def waxing_alpha(n_rows: int, n_times: int, sfreq_hz: float, rng: np.random.Generator) -> Samples:
    """Noise of 8.5 to 11.5 Hz, so narrow that it comes and goes; SD 1."""
    spectrum = np.fft.rfft(rng.standard_normal((n_rows, n_times)))
    spectrum *= np.exp(-0.5 * ((np.fft.rfftfreq(n_times, 1 / sfreq_hz) - 10.0) / 0.7) ** 2)
    return _unit(np.fft.irfft(spectrum, n_times))


def _unit(data: Samples) -> Samples:
    return np.asarray((data - data.mean(axis=1, keepdims=True)) / data.std(axis=1, keepdims=True))


def stimuli(
    duration_s: float, sfreq_hz: float, rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """The samples of the stimuli and which of them are targets, half of them, in random order."""
    gaps = rng.uniform(*GAP_S, int(duration_s / GAP_S[0]))
    onsets = np.round((5.0 + np.cumsum(gaps)) * sfreq_hz).astype(np.int64)
    onsets = onsets[onsets < (duration_s - 3.0) * sfreq_hz]
    onsets = onsets[: len(onsets) // 2 * 2]
    return onsets, rng.permutation(np.arange(len(onsets)) % 2 == 0)


def responses(
    cap: str,
    onsets: NDArray[np.int64],
    targets: NDArray[np.bool_],
    *,
    n_times: int,
    sfreq_hz: float,
    rng: np.random.Generator,
) -> Samples:
    """The responses to all stimuli and nothing else, in V, shape (n_channels, n_times)."""
    data = np.zeros((len(CAPS[cap].split()), n_times))
    time_s = np.arange(round(sfreq_hz)) / sfreq_hz
    for wave in WAVES:
        seen = fields(cap, wave.sources).sum(axis=1)
        at = [CAPS[cap].split().index(name) for name in wave.electrodes]
        seen /= (seen - seen.mean())[at].mean()
        course = np.exp(-0.5 * ((time_s - wave.peak_s) / wave.sd_s) ** 2)
        sizes = wave.standard_uv + rng.uniform(*wave.difference_uv) * targets
        sizes = sizes * (1 + JITTER * rng.standard_normal(len(sizes)))
        train = np.zeros(n_times)
        for onset, size in zip(onsets, sizes, strict=True):
            train[onset : onset + len(course)] += size * 1e-6 * course
        data += seen[:, None] * train
    return data
