"""CPU seconds of the features of ten minutes of 64 channels, beside EEGDash's bank on the same windows.

Run it alone: ``python -m validation.benchmarks.features``. With ``EEGDASH_WHEEL`` (the folder of the unpacked wheel)
and numba, EEGDash's functions are timed on every tenth window, after a first call that compiles them.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from eegmill import features
from eegmill.features.tree import families
from tests.support.eegdash_bank import about, eegdash_bank, missing

SFREQ_HZ, N_CHANNELS, MINUTES, WINDOW_S = 250.0, 64, 10, 2.0
EVERY = 10
BANDS = {"delta": (1, 4.5), "theta": (4.5, 8), "alpha": (8, 12), "beta": (12, 30), "gamma": (30, 45)}
SPECTRAL = {"nperseg": 500, "noverlap": 250}
"""EEGDash's own overlap of 2 s does not fit into windows of 2 s: it fails there."""


def recording() -> np.ndarray[Any, np.dtype[np.float64]]:
    """Mixed 1/f noise of about 10 µV, (n_channels, n_times)."""
    rng = np.random.default_rng(0)
    n_times = int(MINUTES * 60 * SFREQ_HZ)
    freqs = np.fft.rfftfreq(n_times, 1 / SFREQ_HZ)
    weights = 1 / np.sqrt(np.maximum(freqs, 0.5))
    spectra = weights * (rng.standard_normal((N_CHANNELS, freqs.size)) + 1j * rng.standard_normal(freqs.size))
    x = rng.standard_normal((N_CHANNELS, N_CHANNELS)) @ np.fft.irfft(spectra, n_times)
    return 1e-5 * x / x.std()  # type: ignore[no-any-return]


def cpu_seconds(run: Callable[[], object]) -> float:
    """CPU time of a call, of all threads."""
    start = time.process_time()
    run()
    return time.process_time() - start


def ours(x: np.ndarray[Any, np.dtype[np.float64]]) -> dict[str, float]:
    """CPU seconds of each family."""
    wanted: dict[str, Any] = {family: family for family in families()}
    wanted["connectivity"] = {"connectivity": {"bands": BANDS}}
    return {
        family: cpu_seconds(lambda one=one: features.extract(x, one, sfreq_hz=SFREQ_HZ))  # type: ignore[misc]
        for family, one in wanted.items()
    }


def theirs(windows: np.ndarray[Any, np.dtype[np.float64]]) -> dict[str, float]:
    """CPU seconds of each family of EEGDash on these windows."""
    metadata = about(windows.shape[1], SFREQ_HZ)
    with eegdash_bank() as bank:
        runs: dict[str, Callable[[Any], object]] = {
            "signal": lambda x: _signal(bank, x, metadata),
            "spectral": lambda x: _spectral(bank, x, metadata),
            "complexity": lambda x: _complexity(bank, x),
            "dimensionality": lambda x: [getattr(bank.dimensionality, name)(x) for name in bank.dimensionality.__all__],
            "connectivity": lambda x: _connectivity(bank, x, metadata),
        }
        found = {}
        for family, run in runs.items():
            run(windows[:1])
            found[family] = cpu_seconds(lambda run=run: run(windows))  # type: ignore[misc]
    return found


def _signal(bank: Any, x: Any, metadata: Any) -> None:
    for name in bank.signal.__all__:
        if name == "signal_decorrelation_time":
            bank.signal.signal_decorrelation_time(x, _metadata=metadata)
        elif not name.endswith("_preprocessor"):
            getattr(bank.signal, name)(x)


def _spectral(bank: Any, x: Any, metadata: Any) -> None:
    spectrum = bank.spectral.spectral_preprocessor(x, _metadata=metadata, **SPECTRAL)
    parts, decibels = (
        getattr(bank.spectral, f"spectral_{kind}_preprocessor")(*spectrum) for kind in ("normalized", "db")
    )
    for name in ("root_total_power", "hjorth_activity", "peak_frequency", "bands_power"):
        getattr(bank.spectral, f"spectral_{name}")(*spectrum)
    for name in ("moment", "hjorth_mobility", "hjorth_complexity", "entropy", "edge"):
        getattr(bank.spectral, f"spectral_{name}")(*parts)
    bank.spectral.spectral_slope(*decibels)


def _complexity(bank: Any, x: Any) -> None:
    """All but the multiscale entropy, which fails."""
    matches = bank.complexity.complexity_entropy_preprocessor(x)
    for name in ("approx_entropy", "sample_entropy"):
        getattr(bank.complexity, f"complexity_{name}")(*matches)
    for name in ("svd_entropy", "lempel_ziv", "hurst_exp", "detrended_fluctuation_analysis"):
        getattr(bank.complexity, f"complexity_{name}")(x)


def _connectivity(bank: Any, x: Any, metadata: Any) -> None:
    module = bank.connectivity
    module.connectivity_temporal_correlation(x, _metadata=metadata)
    module.connectivity_max_cross_correlation(x, _metadata=metadata)
    spectrum = bank.spectral.spectral_preprocessor(x, _metadata=metadata, **SPECTRAL)
    module.connectivity_spectral_correlation(*spectrum, _metadata=metadata)
    coherency = module.connectivity_coherency_preprocessor(x, _metadata=metadata, nperseg=250, noverlap=125)[:2]
    for name in ("magnitude_square_coherence", "imaginary_coherence", "lagged_coherence"):
        getattr(module, f"connectivity_{name}")(*coherency, bands=BANDS)
    for low, high in BANDS.values():
        filtered = bank.signal.signal_bandpass_filter_preprocessor(x, _metadata=metadata, f_min=low, f_max=high)
        phases = module.connectivity_phase_diff_preprocessor(filtered, _metadata=metadata)[0]
        for name in module.__all__[-5:]:
            getattr(module, name)(phases)


def main() -> None:
    """Print a table."""
    x = recording()
    found = ours(x)
    n_times = int(WINDOW_S * SFREQ_HZ)
    windows = np.ascontiguousarray(x.reshape(N_CHANNELS, -1, n_times).transpose(1, 0, 2)[::EVERY])
    others = {} if missing() else {family: EVERY * seconds for family, seconds in theirs(windows).items()}
    print("| family | eegmill, CPU s | EEGDash 0.9.1, CPU s | times |\n|---|---|---|---|")
    for family, seconds in found.items():
        other = others.get(family)
        told = f"{other:.1f} | {other / seconds:.1f}" if other else f"{missing() or 'not run'} |"
        print(f"| {family} | {seconds:.2f} | {told} |")


if __name__ == "__main__":
    main()
