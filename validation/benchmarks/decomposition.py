"""ICA at full rank: CPU seconds, convergence, and whether an early end is the end, beside other software, as a Markdown section.

    python -m validation.benchmarks.decomposition [--others] [--recording NAME ...]

Each fit runs in its own process on one thread, on the same whitened samples: 64 channels of ``face13`` (286,464 samples), EEGLAB's
sample, three of EEGMAT, and a made recording of 64 channels, 600 s, 500 Hz whose sources are nearly Gaussian. "To the end" goes on
until no entry of the gradient is above 1e-8. The loss is the negative log-likelihood of the same extended model, so that fits by
whatever way can be compared. ``--others`` adds python-picard and MNE's infomax with their own ends, which takes a quarter of an hour.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from eegmill.signal.filters.band import band_of
from eegmill.signal.ica.start import channels_and_flat
from eegmill.signal.ica.unmixing import Algorithm
from eegmill.signal.ica.whitening import principal_components
from validation.markdown import table
from validation.processes import output_of
from validation.recordings import eeglab_sample, eegmat, face13
from validation.synthetic import Samples, recording_of_size

SEED = 1
MATCHED = 0.999
BAD_OF_FACE13 = ("C1", "C10")
LOUD = 3.0
"""Channels of face13 whose samples differ by so many times the usual are left out: recordings come to ICA without bad channels."""
HEADER = "recording | samples | fit | CPU s | iterations | converged | gradient | loss | components as at the end"


def face64() -> Any:
    """Every second good channel of face13: 64."""
    raw = face13()
    names = [name for name in raw.ch_names if name not in BAD_OF_FACE13]
    size = np.median(np.abs(np.diff(raw.get_data(picks=names), axis=1)), axis=1)
    quiet = [name for name, of_it in zip(names, size, strict=True) if of_it < LOUD * np.median(size)]
    return raw.pick(quiet[::2][:64])


def made(size: str = "64x600x500") -> Any:
    """A made recording without its noisy channel."""
    raw = recording_of_size(size)
    return raw.drop_channels([raw.ch_names[len(raw.ch_names) // 2]])


RECORDINGS: Mapping[str, Callable[[], Any]] = {
    "EEGLAB": eeglab_sample,
    "EEGMAT 00": lambda: eegmat("00"),
    "EEGMAT 11": lambda: eegmat("11"),
    "EEGMAT 31": lambda: eegmat("31"),
    "face13, 64 channels": face64,
    "made, 64x600x500": made,
}


def whitened(name: str) -> tuple[Samples, Samples]:
    """The whitened samples that ICA gets, above 1 Hz, shape (n_components, n_times), and where ours starts."""
    raw = RECORDINGS[name]()
    band = band_of(raw, 1.0, None)
    samples = np.array([band.of(row) for row in raw.get_data(picks="eeg")])
    whitening = principal_components(samples)
    Z = np.asarray(whitening.whiten_in_place(samples, whitening.rank), np.float64)
    return Z, channels_and_flat(Z, whitening.components[: len(Z)], seed=SEED)


def ours(Z: Samples, start: Samples, tolerance: float | None) -> tuple[Samples, int, bool]:
    """Picard as a recipe takes it, or to a gradient of its own."""
    algorithm = Algorithm("picard", extended=True, ortho=False, tolerance=tolerance, max_iterations=2000)
    found = algorithm.unmix(Z, seed=SEED, start=start)
    return found.W, found.iterations, found.converged


def python_picard(Z: Samples, _start: Samples) -> tuple[Samples, int, bool]:
    """The reference, with EEGPrep's 512 iterations."""
    from picard import picard

    _, W, _, last = picard(
        Z, ortho=False, extended=True, whiten=False, centering=False, tol=1e-7, max_iter=512, w_init=np.eye(len(Z)),
        return_n_iter=True,
    )  # fmt: skip
    return W, last + 1, last + 1 < 512


def infomax(Z: Samples, _start: Samples) -> tuple[Samples, int, bool]:
    """MNE's extended infomax with its own end."""
    found = Algorithm("infomax", extended=True, ortho=False).unmix(Z, seed=SEED)
    return found.W, found.iterations, found.converged


FITS: Mapping[str, Callable[[Samples, Samples], tuple[Samples, int, bool]]] = {
    "eegmill": lambda Z, start: ours(Z, start, None),
    "eegmill, to the end": lambda Z, start: ours(Z, start, 1e-8),
    "python-picard": python_picard,
    "MNE infomax": infomax,
}
OTHERS = ("python-picard", "MNE infomax")


def sizes(Z: Samples, W: Samples) -> tuple[float, float]:
    """The largest entry of the relative gradient, and the loss, in nats a sample.

    Densities are proportional to exp(-y^2/2 -+ log cosh y); signs are those that fit each source better.
    """
    Y = W @ Z
    power, slope = (Y**2).mean(axis=1), 1.0 - (np.tanh(Y) ** 2).mean(axis=1)
    signs = np.where(slope * power >= (np.tanh(Y) * Y).mean(axis=1), 1.0, -1.0)
    gradient = signs[:, None] * (np.tanh(Y) @ Y.T) / Y.shape[1] + Y @ Y.T / Y.shape[1] - np.eye(len(Y))
    grid = np.linspace(-30, 30, 60_001)
    peaked = np.log(np.trapezoid(np.exp(-(grid**2) / 2) / np.cosh(grid), grid))
    flat = 0.5 * np.log(2 * np.pi) + 0.5
    log_cosh = np.logaddexp(Y, -Y).mean(axis=1) - np.log(2.0)
    of_sources = signs * log_cosh + power / 2 + np.where(signs > 0, peaked, flat)
    return float(np.abs(gradient).max()), float(of_sources.sum() - np.linalg.slogdet(W)[1])


def fit(path: str, name: str) -> None:
    """Fit saved samples, save the matrix beside them, print JSON."""
    Z, start = np.load(path), np.load(Path(path).with_name("start.npy"))
    FITS[name](Z[:, :2000], start)  # imports
    started = time.process_time()
    W, iterations, converged = FITS[name](Z, start)
    cpu_s = time.process_time() - started
    np.save(Path(path).with_name(f"{name}.npy"), W)
    print(json.dumps([cpu_s, iterations, converged, *sizes(Z, W)]))


def matched(Z: Samples, W: Samples, end: Samples) -> str:
    """How many components correlate with one of another fit by at least 0.999."""
    correlations = np.abs(np.corrcoef(W @ Z, end @ Z)[: len(W), len(W) :]).max(axis=1)
    return f"{(correlations >= MATCHED).sum()} of {len(W)}, worst {correlations.min():.4f}"


def rows_of(name: str, fits: list[str]) -> list[tuple[str, ...]]:
    """The rows of a recording."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "whitened.npy"
        Z, start = whitened(name)
        np.save(path, Z)
        np.save(path.with_name("start.npy"), start)
        for one in fits:
            cpu_s, iterations, converged, gradient, loss = output_of(
                "benchmarks.decomposition", "--fit", str(path), one
            )
            rows.append([name, f"{Z.shape[0]} x {Z.shape[1]}", one, f"{cpu_s:.1f}", str(iterations), "yes" if converged else "no",
                         f"{gradient:.0e}", f"{loss:.5f}"])  # fmt: skip
        end = np.load(Path(folder) / "eegmill, to the end.npy")
        return [(*row, matched(Z, np.load(Path(folder) / f"{row[2]}.npy"), end)) for row in rows]


def main() -> None:
    """Measure and print."""
    if sys.argv[1:2] == ["--fit"]:
        fit(sys.argv[2], sys.argv[3])
        return
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--others", action="store_true", help="also python-picard and MNE's infomax")
    parser.add_argument("--recording", action="append", choices=list(RECORDINGS), help="by default all")
    wanted = parser.parse_args()
    fits = [one for one in FITS if wanted.others or one not in OTHERS]
    print("## ICA at full rank\n")
    print("\n".join(table(HEADER, [row for name in wanted.recording or RECORDINGS for row in rows_of(name, fits)])))


if __name__ == "__main__":
    main()
