"""Measure CPU seconds and peak memory of the recipe ``eegprep``, beside EEGPrep 0.4.0 on the same recording.

    python scripts/bench_steps.py > /tmp/steps.md

``EEGMILL_DATA`` names the folder of real recordings, ``EEGPREP_PYTHON`` a Python 3.12 with EEGPrep 0.4.0 (that part is left out without).
Each measurement is a process of its own on one thread; imports are not counted. EEGPrep's ICLabel needs torch: it is left out of both.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

OURS = """
import json, resource, sys, time
import mne, mne.preprocessing, numpy as np, scipy.fft, scipy.optimize, scipy.signal, scipy.special
from eegmill.cleaning import Chain, run_steps
from eegmill.recipes import load_recipe
from eegmill.steps.contract import Recording
kind, recipe = sys.argv[1], json.loads(sys.argv[2])

def real(path):
    raw = mne.io.read_raw_eeglab(path, preload=True, verbose="error")
    raw.info["line_freq"] = 60.0
    return raw

def made(n_channels, duration_s, rate_hz):
    montage = mne.channels.make_standard_montage("biosemi64")
    names = montage.ch_names[:n_channels]
    info = mne.create_info(names, rate_hz, "eeg")
    n = int(duration_s * rate_hz)
    data = np.empty((n_channels, n))
    generator = np.random.default_rng(0)
    places = np.array([montage.get_positions()["ch_pos"][name] for name in names])
    places /= np.linalg.norm(places, axis=1, keepdims=True)
    origins = generator.normal(size=(n_channels, 3))
    origins /= np.linalg.norm(origins, axis=1, keepdims=True)
    # Each source spreads over the head as the field of a shallow dipole does, so that neighbours are alike.
    mixing = np.exp(3.0 * (places @ origins.T - 1.0)) + 0.02 * generator.normal(size=(n_channels, n_channels))
    for start in range(0, n, 500_000):
        stop = min(start + 500_000, n)
        sources = generator.laplace(size=(n_channels, stop - start))
        for i in range(n_channels):  # a one-pole low-pass, coloured like EEG
            sources[i] = np.convolve(sources[i], 0.9 ** np.arange(40), mode="same")
        np.matmul(mixing, sources, out=data[:, start:stop])
    data *= 1e-5
    raw = mne.io.RawArray(data, info, copy=None, verbose="error")
    raw.set_montage(montage, verbose="error")
    raw.info["line_freq"] = 50.0
    return raw

raw = real(kind) if kind.endswith(".set") else made(*map(int, kind.split("x")))
steps = load_recipe(recipe).steps
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
started = time.process_time()
chain = run_steps(Chain(Recording(raw)), steps, seed=1)
print(json.dumps({
    "total": time.process_time() - started,
    "steps": {item.name: item.cpu_s for item in chain.times},
    "before_mb": before,
    "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    "rejected": chain.rejected,
}))
"""

EEGPREP = """
import json, sys, time, warnings
warnings.filterwarnings("ignore")
import numpy as np
import eegprep
from threadpoolctl import threadpool_limits
eeg = eegprep.pop_loadset(sys.argv[1])
times = {}
def timed(name, run):
    started = time.process_time()
    result = run()
    times[name] = time.process_time() - started
    return result
with threadpool_limits(limits=1):
    eeg = timed("flatline", lambda: eegprep.clean_flatlines(eeg))
    eeg = timed("clean_drifts", lambda: eegprep.clean_drifts(eeg, (0.25, 0.75)))
    eeg = timed("bad_channels", lambda: eegprep.clean_channels(eeg, 0.8, 4.0, 5, 0.5, 50, 0.25))
    eeg = timed("asr", lambda: eegprep.clean_asr(eeg, 20.0, ref_tolerances=(-np.inf, 5.5)))
    eeg = timed("windows", lambda: eegprep.clean_windows(eeg, 0.25, (-np.inf, 7)))[0]
    eeg = timed("ica", lambda: eegprep.eeg_picard(eeg))
    eeg = timed("reference", lambda: eegprep.pop_reref(eeg, []))
print(json.dumps({"total": sum(times.values()), "steps": times}))
"""

SAME_STEPS = [
    {"import": {}},
    {"flatline": {}},
    {"clean_drifts": {}},
    {"bad_channels": {"bridges": False}},
    {"asr": {"cutoff": 20}},
    {"windows": {}},
    {"ica": {"method": "picard", "extended": False, "tolerance": 1e-7, "max_iterations": 512}},
    {"reference": {}},
]


@dataclass(frozen=True)
class Made:
    """What one process took."""

    total: float
    steps: dict[str, float]
    before_mb: float = 0.0
    peak_mb: float = 0.0
    rejected: str | None = None


def measured(python: str, script: str, *arguments: str) -> Made:
    """Run a script on one thread and read what it took."""
    threads = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL")}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "measure.py"
        path.write_text(script, encoding="utf-8")
        command = [python, str(path), *arguments]
        result = subprocess.run(command, env={**os.environ, **threads}, capture_output=True, text=True, check=True)
    return Made(**json.loads(result.stdout.strip().splitlines()[-1]))


def beside_eegprep(recording: Path, python: str) -> list[str]:
    """The same steps by both, on EEGLAB's sample."""
    ours = measured(sys.executable, OURS, str(recording), json.dumps(SAME_STEPS))
    theirs = measured(python, EEGPREP, str(recording))
    lines = ["### 32 channels × 238 s × 128 Hz, beside EEGPrep 0.4.0", ""]
    lines += ["| step | eegmill CPU s | EEGPrep CPU s | ratio |", "| --- | --- | --- | --- |"]
    for name, cpu_s in theirs.steps.items():
        mine = ours.steps[name]
        lines.append(f"| {name} | {mine:.2f} | {cpu_s:.2f} | {mine / max(cpu_s, 1e-3):.2f} |")
    return [*lines, f"| all | {ours.total:.2f} | {theirs.total:.2f} | {ours.total / theirs.total:.2f} |", ""]


def alone(title: str, kind: str) -> list[str]:
    """The whole recipe on a made recording: channels, seconds and rate as ``64x600x500``."""
    channels, duration_s, rate_hz = map(int, kind.split("x"))
    made = measured(sys.executable, OURS, kind, json.dumps("eegprep"))
    double_mb = channels * duration_s * rate_hz * 8 / 2**20
    lines = [f"### {title}", "", "| step | CPU s |", "| --- | --- |"]
    lines += [f"| {name} | {cpu_s:.2f} |" for name, cpu_s in made.steps.items()]
    lines += [f"| all | {made.total:.2f} |", ""]
    share = made.peak_mb / double_mb
    lines.append(f"Peak {made.peak_mb:.0f} MB; the recording has {double_mb:.0f} MB in float64 (× {share:.2f}).")
    return [*lines, *([f"Rejected: {made.rejected}"] if made.rejected else []), ""]


def main() -> None:
    """Measure and print."""
    lines: list[str] = []
    data, python = os.environ.get("EEGMILL_DATA"), os.environ.get("EEGPREP_PYTHON")
    if data and python:
        lines += beside_eegprep(Path(data) / "eeglab-sample" / "eeglab_data.set", python)
    lines += alone("64 channels × 10 min × 500 Hz (made)", "64x600x500")
    lines += alone("32 channels × 4 h × 250 Hz (made)", "32x14400x250")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
