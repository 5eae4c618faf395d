"""ASR and clean_windows beside EEGPrep and other implementations, as a Markdown section.

Usage: EEGMILL_DATA=<folder of recordings> [EEGPREP_PYTHON=<interpreter that has EEGPrep 0.4.0>]
[ASR_PEERS_PYTHON=<interpreter that has asrpy, meegkit and mne-denoise>] python validation/comparisons/asr.py
"""

from __future__ import annotations

import hashlib
import lzma
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

if "--digest" not in sys.argv:  # there the caller has chosen the number of threads
    os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1")

import mne
import numpy as np
from asr_bursts import burst_section

from eegmill.recording import Recording
from eegmill.signal.asr.calibration import AsrModel, calibrate
from eegmill.signal.asr.clean_windows import judge_windows
from eegmill.steps.asr import Asr
from eegmill.steps.clean_drifts import CleanDrifts

mne.set_log_level("ERROR")

APPENDIX_A = {  # MaxMem 64 and 8192: mean |x|, max |x|, std of the first, second and last channel (µV), kept samples
    (5, 64): (12.80534102, 120.35655, 14.968232, 18.165774, 14.692225, 30504),
    (5, 8192): (12.81657215, 120.35655, 14.888928, 18.255581, 14.696064, 30504),
    (10, 64): (13.26586709, 218.62967, 16.451049, 19.112646, 14.919136, 30504),
    (10, 8192): (13.26334434, 218.62967, 16.502487, 19.119373, 14.92035, 30504),
    (20, 64): (13.45521247, 338.46194, 22.019515, 20.075901, 14.973264, 30376),
    (20, 8192): (13.45577941, 338.46194, 22.018932, 20.074059, 14.972828, 30376),
}
SHAPING_B = [1.102730164, -2.002562181, 0.8942119516, 0.1549979524, 0.01923669045, 0.178289777, -0.5280306696,
             0.2913540603, -0.02622098025]  # fmt: skip
SHAPING_A = [1.0, -1.104204205, -0.3319558529, 0.5802946221, -0.001036001392, 0.03821670919, -0.2609928034,
             0.02987190578, 0.0935044693]  # fmt: skip
THRESHOLDS = (1.3044614, 2.063959, 2.2724416, 34.313925, 68.029069, 119.78345)
THRESHOLDS_CUTOFF = 5.0


def table(head: str, rows: list[tuple[str, ...]]) -> None:
    """Print a Markdown table."""
    print("\n| " + head + " |\n|" + "---|" * len(head.split(" | ")))
    for row in rows:
        print("| " + " | ".join(row) + " |")


def filtered_uv(raw: mne.io.BaseRaw, seconds: float | None = None) -> tuple[np.ndarray, float]:
    """The EEG channels without drifts, in µV, and the sampling rate."""
    if seconds:
        raw.crop(0, seconds, include_tmax=False)
    done, _ = CleanDrifts().apply(Recording(raw.load_data()), seed=1)
    return done.raw.get_data("eeg") * 1e6, float(raw.info["sfreq"])


def sample_uv(folder: Path) -> tuple[np.ndarray, float]:
    """The recording of Appendix A after the channel stage: 30 channels, 128 Hz."""
    raw = mne.io.read_raw_eeglab(folder / "eeglab-sample" / "eeglab_data.set", preload=True)
    return filtered_uv(raw.drop_channels(["EOG1", "T8"]))


def recordings(folder: Path) -> dict[str, tuple[np.ndarray, float]]:
    """What both programs are run on."""
    eegmat = mne.io.read_raw_edf(sorted((folder / "eegmat").rglob("*_2.edf"))[0], preload=True)
    eegmat.pick(eegmat.ch_names[:19])
    with tempfile.TemporaryDirectory() as name:
        (packed,) = (folder / "pylossless-face13").rglob("*.edf.xz")
        unpacked = Path(name) / "face13.edf"
        unpacked.write_bytes(lzma.decompress(packed.read_bytes()))
        face13 = mne.io.read_raw_edf(unpacked, preload=True).pick("eeg")
        face13.drop_channels(["C1", "C10"])
        long = filtered_uv(face13, 120.0)
    return {
        "eeglab-sample, 30 ch, 238 s": sample_uv(folder),
        "eegmat, 19 ch, 500 Hz, 62 s": filtered_uv(eegmat),
        f"face13, {len(long[0])} ch, 256 Hz, 120 s": long,
    }


def raw_of(uv: np.ndarray, sfreq: float) -> mne.io.RawArray:
    """An array in µV as a recording."""
    return mne.io.RawArray(uv * 1e-6, mne.create_info(len(uv), sfreq, "eeg"))


def ours(uv: np.ndarray, sfreq: float, **parameters: Any) -> tuple[np.ndarray, Any, float]:
    """Our ASR: signal in µV, decisions, CPU seconds."""
    raw = raw_of(uv, sfreq)
    start = time.process_time()
    done, decisions = Asr(**parameters).apply(Recording(raw), seed=1)
    return done.raw.get_data() * 1e6, decisions, time.process_time() - start


def our_windows(uv: np.ndarray, sfreq: float) -> tuple[np.ndarray, float]:
    """The samples that clean_windows keeps, in short recordings as EEGPrep does it; CPU seconds."""
    data, rows = uv * 1e-6, range(len(uv))
    start = time.process_time()
    windows = judge_windows(data, rows, [(0, uv.shape[1])], n_window=round(sfreq), overlap=0.66, fewest_fitted=0)
    keep = ~windows.samples(windows.bad(0.25, (None, 7.0)), uv.shape[1])
    return keep, time.process_time() - start


def our_model(uv: np.ndarray, sfreq: float, cutoff: float) -> tuple[np.ndarray, AsrModel]:
    """The mask of clean samples, and the model calibrated on them; in short recordings as EEGPrep does it."""
    rows = range(len(uv))
    windows = judge_windows(uv, rows, [(0, uv.shape[1])], n_window=round(sfreq), overlap=0.66, fewest_fitted=0)
    clean = ~windows.samples(windows.bad(0.075, (None, 5.5)), uv.shape[1])
    return clean, calibrate(uv * 1e-6, rows, clean=clean, sfreq_hz=sfreq, cutoff=cutoff, n_block=10, fewest_fitted=0)


def ask(variable: str, script: str, questions: dict[str, dict[str, Any]]) -> dict[str, dict[str, np.ndarray]]:
    """Answers of the interpreter that ``variable`` names; none where there is no such interpreter."""
    python = os.environ.get(variable)
    if not python:
        return {}
    with tempfile.TemporaryDirectory() as name:
        for key, question in questions.items():
            np.savez(Path(name) / f"{key}.npz", **question)
        subprocess.run([python, str(Path(__file__).with_name(script)), name], check=True, stdout=sys.stderr)
        return {key: dict(np.load(Path(name) / f"{key}.out.npz")) for key in questions}


def question(task: str, signal: tuple[np.ndarray, float], cutoff: float = 20.0, maxmem: int = 8192) -> dict[str, Any]:
    """A question to EEGPrep, whose pseudo-inverse is corrected for it."""
    data, sfreq = signal
    return {"task": task, "data": data, "sfreq": sfreq, "cutoff": cutoff, "maxmem": maxmem, "fixed": True}


def relative(ours: np.ndarray, theirs: np.ndarray) -> float:
    """Length of the difference, as a part of the length of the second."""
    return float(np.linalg.norm(ours - theirs) / np.linalg.norm(theirs))


def against_appendix_a(uv: np.ndarray, sfreq: float) -> None:
    """The stored reference numbers."""
    clean, model = our_model(uv, sfreq, THRESHOLDS_CUTOFF)
    b = np.abs(np.subtract(model.shaping.b, SHAPING_B)).max()
    a = np.abs(np.subtract(model.shaping.a, SHAPING_A)).max()
    thresholds = np.sort(model.thresholds_uv)[[0, 1, 2, -3, -2, -1]]
    print("\n### Against the reference numbers (EEGPrep 0.4.0 with a corrected pseudo-inverse)\n")
    print(f"- clean samples for calibration: {clean.sum()} (reference 27496)")
    print(f"- shaping filter, largest difference of a coefficient: B {b:.1e}, A {a:.1e} (ten digits are given)")
    print(f"- Frobenius norm of the mixing matrix: {np.linalg.norm(model.mixing_matrix):.8f} (reference 78.47835252)")
    print(f"- thresholds, smallest and largest three, relative: {np.abs(thresholds / THRESHOLDS - 1).max():.1e}")
    rows = []
    for (cutoff, maxmem), reference in APPENDIX_A.items():
        done = ours(uv, sfreq, cutoff=cutoff, match_maxmem_mb=maxmem)[0]
        deviations = done[[0, 1, -1]].std(axis=1)
        seen = np.array([np.abs(done).mean(), np.abs(done).max(), *deviations])
        kept = our_windows(done, sfreq)[0].sum()
        worst = np.abs(seen / reference[:5] - 1).max()
        rows.append((str(cutoff), str(maxmem), f"{worst:.1e}", f"{kept} / {reference[5]}"))
    table("cutoff | MaxMem, MB | largest relative difference of the five numbers | kept by windows / reference", rows)


def beside_eegprep(signals: dict[str, tuple[np.ndarray, float]]) -> None:
    """Everything again, sample by sample, against EEGPrep run live."""
    print("\n### Beside EEGPrep 0.4.0, run live\n")
    questions = {}
    for i, signal in enumerate(signals.values()):
        questions[f"{i}-calibration"] = question("calibration", signal)
        questions[f"{i}-windows"] = question("windows", signal)
        questions |= {f"{i}-asr-{cutoff}": question("asr", signal, cutoff) for cutoff in (5.0, 10.0, 20.0)}
    questions["0-asr-64"] = question("asr", signals["eeglab-sample, 30 ch, 238 s"], 10.0, maxmem=64)
    theirs = ask("EEGPREP_PYTHON", "eegprep_asr.py", questions)
    if not theirs:
        print("Not run: EEGPREP_PYTHON names no interpreter.")
        return
    print(
        "Its pseudo-inverse is corrected (max(shape)·eps); MaxMem 8192, so that it works in one chunk; ours matches it"
    )
    print(
        "(`match_maxmem_mb: 8192`), which for the first recording changes nothing. By default ours differs in two ways on"
    )
    print(
        "purpose: larger blocks in long recordings of many channels, so that memory stays bounded, and no amplitude fit"
    )
    print(
        "to a handful of values in recordings with less than 200 windows (68 s), where that fit finds spurious peaks."
    )
    rows, times = [], []
    for i, (name, (uv, sfreq)) in enumerate(signals.items()):
        clean, model = our_model(uv, sfreq, 20.0)
        keep, windows_s = our_windows(uv, sfreq)
        reference = theirs[f"{i}-calibration"]
        matrix = relative(model.mixing_matrix, reference["M"])
        equal = [np.array_equal(clean, reference["mask"]), np.array_equal(keep, theirs[f"{i}-windows"]["mask"])]
        runs = {cutoff: ours(uv, sfreq, cutoff=cutoff, match_maxmem_mb=8192) for cutoff in (5.0, 10.0, 20.0)}
        errors = [f"{relative(run[0], theirs[f'{i}-asr-{cutoff}']['data']):.1e}" for cutoff, run in runs.items()]
        rows.append((name, *("equal" if same else "differ" for same in equal), f"{matrix:.1e}", *errors))
        asr_s = [run[2] for run in runs.values()]
        their_s = [float(theirs[f"{i}-asr-{cutoff}"]["cpu_s"]) for cutoff in runs]
        times.append(
            (name, *_speed(sum(asr_s), sum(their_s)), *_speed(windows_s, float(theirs[f"{i}-windows"]["cpu_s"])))
        )
    table("recording | reference mask | windows mask | mixing matrix | ASR 5 | ASR 10 | ASR 20", rows)
    uv, sfreq = signals["eeglab-sample, 30 ch, 238 s"]
    chunked = relative(ours(uv, sfreq, cutoff=10.0, match_maxmem_mb=64)[0], theirs["0-asr-64"]["data"])
    print(f"\nWith `match_maxmem_mb: 64` and cutoff 10 the relative difference to its MaxMem 64 is {chunked:.1e}.")
    print("\nCPU seconds in one thread (ASR: the three cutoffs together):")
    table("recording | asr | EEGPrep | ratio | windows | EEGPrep | ratio", times)


def _speed(our_s: float, their_s: float) -> tuple[str, str, str]:
    return f"{our_s:.2f}", f"{their_s:.2f}", f"{our_s / their_s:.3f}"


def identity(uv: np.ndarray, sfreq: float) -> None:
    """The same bits again, in new processes with one and two BLAS threads."""
    print("\n### The same bits\n")
    with tempfile.TemporaryDirectory() as name:
        np.savez(Path(name) / "signal.npz", data=uv, sfreq=sfreq)
        digests = []
        for threads in ("1", "1", "2"):
            environment = {**os.environ, "OPENBLAS_NUM_THREADS": threads, "OMP_NUM_THREADS": threads}
            command = [sys.executable, __file__, "--digest", str(Path(name) / "signal.npz")]
            digests.append(subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout)
    print(f"- two processes: {'equal' if digests[0] == digests[1] else 'DIFFERENT'}")
    print(f"- one and two BLAS threads: {'equal' if digests[0] == digests[2] else 'DIFFERENT'}")
    print("- chunk sizes from 1 to 300 updates: equal (tests/steps/test_asr_repair.py, hypothesis)")


def digest(path: str) -> None:
    """Print the SHA-256 of the sample after ASR 5."""
    with np.load(path) as asked:
        done = ours(asked["data"], float(asked["sfreq"]), cutoff=5.0)[0]
    print(hashlib.sha256(done.tobytes()).hexdigest())


def main() -> None:
    """Print the section."""
    folder = Path(os.environ["EEGMILL_DATA"])
    print("## ASR and windows")
    signals = recordings(folder)
    uv, sfreq = signals["eeglab-sample, 30 ch, 238 s"]
    against_appendix_a(uv, sfreq)
    beside_eegprep(signals)
    identity(uv, sfreq)
    burst_section(uv, sfreq, ours=ours, ask=ask, table=table)


if __name__ == "__main__":
    if "--digest" in sys.argv:
        digest(sys.argv[-1])
    else:
        main()
