"""Measure CPU seconds and peak memory of the recipe ``eegprep``, beside others that do the same on the same recording.

    python scripts/bench_steps.py [eegprep] [recipe] [hours] > /tmp/steps.md

``EEGMILL_DATA`` names the folder of real recordings, ``EEGPREP_PYTHON`` a Python 3.12 with EEGPrep 0.4.0, ``MEEGKIT_PYTHON`` a Python with
meegkit 0.2.0; what needs one that is not named is left out. Without arguments all three parts are measured. Each measurement is a process of
its own on one thread; imports are not counted. EEGPrep's ICLabel needs torch: it is left out of both.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from eegmill.config.recipes import load_recipe

LONGEST_S = 600
"""Of wall time, for one measurement."""

RECORDINGS = """
import json, re, resource, sys, time
from pathlib import Path
import mne, mne.preprocessing, onnxruntime, numpy as np, scipy.fft, scipy.optimize, scipy.signal, scipy.special
from eegmill.chain import Chain, run_steps
from eegmill.config.recipes import load_recipe
from eegmill.steps.contract import Recording

def real(path):
    raw = mne.io.read_raw_eeglab(path, preload=True, verbose="error")
    raw.info["line_freq"] = 60.0
    return raw

def spoil(data, places, rate_hz, generator):
    # What the steps look for: hum, a noisy channel, a blink every 5 s and a burst of muscle every 30 s.
    n = data.shape[1]
    hum = 5e-6 * np.sin(2 * np.pi * 50 * np.arange(n) / rate_hz)
    frontal, temporal = (np.exp(6.0 * (places @ np.array(way) - 1.0)) for way in ([0.0, 0.95, -0.3], [-0.95, 0.3, 0.0]))
    blink = 3e-4 * np.hanning(round(0.3 * rate_hz))
    for row, eye in zip(data, frontal, strict=True):
        row += generator.uniform(0.5, 1.5) * hum
        for start in range(0, n - len(blink), 5 * rate_hz):
            row[start : start + len(blink)] += eye * blink
    burst = 1e-3 * generator.normal(size=rate_hz)
    for start in range(10 * rate_hz, n - rate_hz, 30 * rate_hz):
        data[:, start : start + rate_hz] += temporal[:, None] * burst
    data[len(data) // 2] += 3e-4 * generator.normal(size=n)

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
    spoil(data, places, rate_hz, generator)
    raw = mne.io.RawArray(data, info, copy=None, verbose="error")
    raw.set_montage(montage, verbose="error")
    raw.info["line_freq"] = 50.0
    return raw

"""

OURS = """
kind, recipe = sys.argv[1], json.loads(sys.argv[2])

def told(decisions):
    # Of the decisions, those that the time of a step depends on.
    keys = ("bad_channels", "changed_fraction", "n_components", "n_samples", "iterations", "converged", "removed")
    return {key: len(value) if isinstance(value := decisions[key], list) else value for key in keys if key in decisions}

raw = real(kind) if kind.endswith(".set") else made(*map(int, kind.split("x")))
steps = load_recipe(recipe).steps
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
started = time.process_time()
chain = Chain(Recording(raw))
peaks = {}
for step in steps:
    Path("/proc/self/clear_refs").write_text("5")  # Linux: the peak counts from here
    chain = run_steps(chain, (step,), seed=1)
    peaks[step.name] = int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024
print(json.dumps({
    "total": time.process_time() - started,
    "steps": {item.name: item.cpu_s for item in chain.times},
    "before_mb": before,
    "peak_mb": max(peaks.values()),
    "peaks": peaks,
    "rejected": chain.rejected,
    "found": {record.name: told(record.decisions) for record in chain.steps},
}))
"""

PEERS = """
import warnings
from eegmill.signal.filters.band import band_of
from eegmill.signal.ica.picard import blockwise_picard
from eegmill.signal.ica.whitening import principal_components
from eegmill.signal.ica.to_mne import as_mne_ica
from mne_icalabel import label_components
from picard import picard
from pyprep import NoisyChannels
kind, target, iterations = sys.argv[1], sys.argv[2], int(sys.argv[3])
warnings.filterwarnings("ignore")
mne.set_log_level("error")
raw = made(*map(int, kind.split("x")))
times = {}

def timed(step, by, run):
    started = time.process_time()
    result = run()
    times[step, by] = time.process_time() - started
    return result

timed("clean_drifts", "MNE's FIR, the same transition (3301 taps)", lambda: raw.filter(0.75, None, l_trans_bandwidth=0.5))
timed("line_noise", "MNE's FIR notch", lambda: raw.notch_filter([50.0]))

def pyprep():
    noisy = NoisyChannels(raw, do_detrend=False, random_state=1)
    noisy.find_bad_by_hfnoise()
    noisy.find_bad_by_ransac(channel_wise=False)

timed("bad_channels", "PyPREP: noise and RANSAC alone", pyprep)
np.save(target, raw.get_data())
raw.info["bads"] = [raw.ch_names[len(raw.ch_names) // 2]]
good = mne.pick_types(raw.info, eeg=True)
X = np.array([band_of(raw, 1.0, None).of(raw._data[pick]) for pick in good])
whitening = principal_components(X)
Z = whitening.whiten_in_place(X, len(X))
found = timed("ica", "ours", lambda: blockwise_picard(Z, extended=True, tolerance=1e-7, max_iterations=iterations))
timed("ica", "python-picard", lambda: picard(
    Z, ortho=False, extended=True, whiten=False, centering=False, w_init=np.eye(len(Z)), tol=1e-7, max_iter=iterations))
ica = as_mne_ica(mne.pick_info(raw.info, good), whitening, found, method="picard", n_samples=Z.shape[1])
ica.method, ica.fit_params = "infomax", {"extended": True}
copy = raw.copy().set_eeg_reference("average").filter(1.0, 100.0)
label_components(copy.copy().crop(0, 10), ica, method="iclabel")  # its first call imports
timed("iclabel", "MNE-ICALabel, onnxruntime, without its filter and reference", lambda: label_components(copy, ica, method="iclabel"))
timed("interpolate", "MNE", lambda: raw.interpolate_bads())
timed("reference", "MNE", lambda: raw.set_eeg_reference("average"))
print(json.dumps([[step, by, cpu_s] for (step, by), cpu_s in times.items()]))
"""

MEEGKIT = """
import json, sys, time
import numpy as np
from meegkit.asr import ASR
data = np.load(sys.argv[1])
started = time.process_time()
asr = ASR(sfreq=float(sys.argv[2]), cutoff=20)
asr.fit(data)
asr.transform(data)
print(json.dumps([["asr", "meegkit 0.2.0, calibrated on everything", time.process_time() - started]]))
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
    peaks: dict[str, float] = field(default_factory=dict)
    rejected: str | None = None
    found: dict[str, dict[str, float]] = field(default_factory=dict)


def output(python: str, script: str, *arguments: str) -> Any:
    """Run a script on one thread; the JSON of its last line."""
    threads = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL")}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "measure.py"
        path.write_text(script, encoding="utf-8")
        command = [python, str(path), *arguments]
        result = subprocess.run(
            command, env={**os.environ, **threads}, capture_output=True, text=True, check=True, timeout=LONGEST_S
        )
    return json.loads(result.stdout.strip().splitlines()[-1])


def measured(python: str, script: str, *arguments: str) -> Made:
    """What a script took."""
    return Made(**output(python, script, *arguments))


def beside_eegprep(recording: Path, python: str) -> list[str]:
    """The same steps by both, on EEGLAB's sample."""
    ours = measured(sys.executable, RECORDINGS + OURS, str(recording), json.dumps(SAME_STEPS))
    theirs = measured(python, EEGPREP, str(recording))
    lines = ["### 32 channels × 238 s × 128 Hz, beside EEGPrep 0.4.0", ""]
    lines += ["| step | eegmill CPU s | EEGPrep CPU s | ratio |", "| --- | --- | --- | --- |"]
    for name, cpu_s in theirs.steps.items():
        mine = ours.steps[name]
        lines.append(f"| {name} | {mine:.2f} | {cpu_s:.2f} | {mine / max(cpu_s, 1e-3):.2f} |")
    return [*lines, f"| all | {ours.total:.2f} | {theirs.total:.2f} | {ours.total / theirs.total:.2f} |", ""]


ITERATIONS = 20
"""Of Picard, ours and its authors', on the same whitened samples."""
PROTOTYPES = (
    5.2,
    "float32 prototypes on a quiet machine: statistics 1.5, RANSAC on every 4th sample 3.7; not run beside",
)
"""For ``bad_channels``, faster than any program that can be run beside."""


@dataclass(frozen=True)
class Peer:
    """Who else does a step, and in how many CPU seconds."""

    step: str
    by: str
    cpu_s: float


def peers(kind: str) -> list[Peer]:
    """Run the others on the made recording, and our Picard beside its authors'."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "filtered.npy"
        rows = output(sys.executable, RECORDINGS + PEERS, kind, str(target), str(ITERATIONS))
        if python := os.environ.get("MEEGKIT_PYTHON"):
            rows += output(python, MEEGKIT, str(target), kind.split("x")[2])
    return [Peer(*row) for row in rows]


def best_known(step: str, made: Made, others: list[Peer]) -> tuple[float, str] | None:
    """The fastest known time of a step, and whose it is; none where nobody else does it."""
    found = [(peer.cpu_s, peer.by) for peer in others if peer.step == step and peer.by != "ours"]
    if step == "ica":
        # Later iterations try fewer steps than the first: theirs are taken to cost as much more than ours as the first do.
        (cpu_s, by), ours_s = found[0], next(peer.cpu_s for peer in others if (peer.step, peer.by) == ("ica", "ours"))
        ratio = cpu_s / ours_s
        return ratio * made.steps["ica"], f"{by}: {ratio:.2f} × ours in {ITERATIONS} iterations on the same samples"
    return min([*found, *([PROTOTYPES] if step == "bad_channels" else [])], default=None)


def beside_best_known(made: Made, others: list[Peer]) -> list[str]:
    """Our time of each step beside the fastest known, and the sums of those that have one."""
    known = {name: best for name in made.steps if (best := best_known(name, made, others))}
    lines = ["| step | eegmill CPU s | best known CPU s | which |", "| --- | --- | --- | --- |"]
    for name, cpu_s in made.steps.items():
        best, why = known.get(name, (None, "none known"))
        lines.append(f"| {name} | {cpu_s:.2f} | {'' if best is None else f'{best:.2f}'} | {why} |")
    lines.append("")
    sums = {"all steps that have one": known, "without ICA": known.keys() - {"ica"}}
    sums["without ICA and ASR"] = known.keys() - {"ica", "asr"}
    for title, names in sums.items():
        mine, best = sum(made.steps[name] for name in names), sum(known[name][0] for name in names)
        lines.append(f"- {title}: {mine:.1f} s beside {best:.1f} s, × {mine / best:.2f}")
    lines += [
        "",
        "All that ran beside, CPU seconds: " + "; ".join(f"{p.step}, {p.by} {p.cpu_s:.2f}" for p in others) + ".",
    ]
    return [*lines, ""]


def alone(title: str, kind: str, *, compare: bool = False) -> list[str]:
    """The whole recipe on a made recording: channels, seconds and rate as ``64x600x500``."""
    channels, duration_s, rate_hz = map(int, kind.split("x"))
    steps = [{step.name: step.model_dump(mode="json")} for step in load_recipe("eegprep").steps]
    lines = [f"### {title}", ""]
    try:
        made = measured(sys.executable, RECORDINGS + OURS, kind, json.dumps(steps))
    except subprocess.TimeoutExpired:
        return [*lines, f"Not done after {LONGEST_S} s of wall time: stopped.", ""]
    if compare:
        lines += beside_best_known(made, peers(kind))
    double_mb = channels * duration_s * rate_hz * 8 / 2**20
    lines += ["| step | CPU s | peak MB |", "| --- | --- | --- |"]
    lines += [f"| {name} | {cpu_s:.2f} | {made.peaks[name]:.0f} |" for name, cpu_s in made.steps.items()]
    bound, mb = ("3 × float64 + 300 MB", 3 * double_mb + 300) if compare else ("4 × float32", 2 * double_mb)
    lines += [f"| all | {made.total:.2f} | {made.peak_mb:.0f} |", ""]
    lines.append(
        f"Peak of the process, libraries included: {made.peak_mb:.0f} MB; wanted: at most {bound} = {mb:.0f} MB."
    )
    if found := made.found.get("ica"):
        lines.append(f"ICA: {', '.join(f'{key} {value}' for key, value in found.items())}.")
    return [*lines, *([f"Rejected: {made.rejected}"] if made.rejected else []), ""]


MADE = """\
The made recordings hold as many sources as channels, each spread over the head, so that the median correlation of nearest neighbours is
0.93; with hum of 50 Hz, one noisy channel, a blink every 5 s and a burst of muscle every 30 s.
"""


def main() -> None:
    """Measure and print."""
    wanted = sys.argv[1:] or ["eegprep", "recipe", "hours"]
    lines: list[str] = ["## Speed and memory of steps", ""]
    data, python = os.environ.get("EEGMILL_DATA"), os.environ.get("EEGPREP_PYTHON")
    if "eegprep" in wanted and data and python:
        lines += beside_eegprep(Path(data) / "eeglab-sample" / "eeglab_data.set", python)
    if "recipe" in wanted:
        lines.append(MADE)
        lines += alone("64 channels × 10 min × 500 Hz (made)", "64x600x500", compare=True)
    if "hours" in wanted:
        lines += alone("32 channels × 4 h × 250 Hz (made)", "32x14400x250")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
