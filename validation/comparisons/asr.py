"""ASR and clean_windows beside EEGPrep and other implementations, as a Markdown section.

    python -m validation.comparisons.asr

``EEGPREP_PYTHON`` names a Python that has EEGPrep 0.4.0, ``ASR_PEERS_PYTHON`` one that has asrpy, meegkit and mne-denoise.
"""

from __future__ import annotations

import tempfile
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from eegmill.recording import Recording
from eegmill.signal.asr.calibration import AsrModel, calibrate
from eegmill.signal.asr.clean_windows import judge_windows
from eegmill.signal.robust import fit_amplitudes
from eegmill.steps.clean_drifts import CleanDrifts
from validation.comparisons.asr_bursts import burst_section
from validation.comparisons.asr_repair import Signal, repaired
from validation.markdown import print_table
from validation.processes import Arrays, answers_of, output_of
from validation.recordings import eeglab_sample, eegmat, face13
from validation.synthetic import Samples

if TYPE_CHECKING:
    import mne

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

unbounded = partial(fit_amplitudes, min_fitted=0)
"""The fit as EEGPrep has it, in short recordings too."""


def filtered_uv(raw: mne.io.BaseRaw, seconds: float | None = None) -> Signal:
    """The EEG channels without drifts, in µV, and the sampling rate."""
    if seconds:
        raw.crop(0, seconds, include_tmax=False)
    done, _ = CleanDrifts().apply(Recording(raw.load_data()), seed=1)
    return done.raw.get_data("eeg") * 1e6, float(raw.info["sfreq"])


SAMPLE = "eeglab-sample, 30 ch, 238 s"


def signals_compared() -> dict[str, Signal]:
    """What both programs are run on; the first is the recording of Appendix A after the channel stage."""
    long = filtered_uv(face13().drop_channels(["C1", "C10"]), 120.0)
    return {
        SAMPLE: filtered_uv(eeglab_sample().drop_channels(["EOG1", "T8"])),
        "eegmat, 19 ch, 500 Hz, 62 s": filtered_uv(eegmat("00", 2)),
        f"face13, {len(long[0])} ch, 256 Hz, 120 s": long,
    }


def our_windows(uv: Samples, sfreq_hz: float) -> tuple[NDArray[np.bool_], float]:
    """The samples that clean_windows keeps, in short recordings as EEGPrep does it; CPU seconds."""
    data, rows = uv * 1e-6, range(len(uv))
    start = time.process_time()
    windows = judge_windows(data, rows, [(0, uv.shape[1])], n_window=round(sfreq_hz), overlap=0.66, usual=unbounded)
    keep = ~windows.samples(windows.bad(0.25, (None, 7.0)), uv.shape[1])
    return keep, time.process_time() - start


def our_model(uv: Samples, sfreq_hz: float, cutoff: float) -> tuple[NDArray[np.bool_], AsrModel]:
    """The mask of clean samples, and the model calibrated on them; in short recordings as EEGPrep does it."""
    rows = range(len(uv))
    windows = judge_windows(uv, rows, [(0, uv.shape[1])], n_window=round(sfreq_hz), overlap=0.66, usual=unbounded)
    clean = ~windows.samples(windows.bad(0.075, (None, 5.5)), uv.shape[1])
    return clean, calibrate(uv * 1e-6, rows, clean=clean, sfreq_hz=sfreq_hz, cutoff=cutoff, n_block=10, usual=unbounded)


def question(task: str, signal: Signal, cutoff: float = 20.0, maxmem: int = 8192) -> dict[str, Any]:
    """A question to EEGPrep, whose pseudo-inverse is corrected for it."""
    data, sfreq_hz = signal
    return {"task": task, "data": data, "sfreq": sfreq_hz, "cutoff": cutoff, "maxmem": maxmem, "fixed": True}


def relative(ours: Samples, theirs: Samples) -> float:
    """Length of the difference, as a part of the length of the second."""
    return float(np.linalg.norm(ours - theirs) / np.linalg.norm(theirs))


def against_appendix_a(uv: Samples, sfreq_hz: float) -> None:
    """The stored reference numbers."""
    clean, model = our_model(uv, sfreq_hz, THRESHOLDS_CUTOFF)
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
        done = repaired(uv, sfreq_hz, cutoff=cutoff, match_maxmem_mb=maxmem)[0]
        deviations = done[[0, 1, -1]].std(axis=1)
        seen = np.array([np.abs(done).mean(), np.abs(done).max(), *deviations])
        kept = our_windows(done, sfreq_hz)[0].sum()
        worst = np.abs(seen / reference[:5] - 1).max()
        rows.append((str(cutoff), str(maxmem), f"{worst:.1e}", f"{kept} / {reference[5]}"))
    print_table(
        "cutoff | MaxMem, MB | largest relative difference of the five numbers | kept by windows / reference", rows
    )


def questions_of(signals: dict[str, Signal]) -> dict[str, dict[str, Any]]:
    """Everything that EEGPrep is asked."""
    questions = {}
    for i, signal in enumerate(signals.values()):
        questions[f"{i}-calibration"] = question("calibration", signal)
        questions[f"{i}-windows"] = question("windows", signal)
        questions |= {f"{i}-asr-{cutoff}": question("asr", signal, cutoff) for cutoff in CUTOFFS}
    return {**questions, "0-asr-64": question("asr", signals[SAMPLE], 10.0, maxmem=64)}


EEGPREP_LIVE = """\
Its pseudo-inverse is corrected (max(shape)·eps); MaxMem 8192, so that it works in one chunk; ours matches it
(`match_maxmem_mb: 8192`), which for the first recording changes nothing. By default ours differs in two ways on
purpose: larger blocks in long recordings of many channels, so that memory stays bounded, and no amplitude fit
to a handful of values in recordings with less than 200 windows (68 s), where that fit finds spurious peaks."""
CUTOFFS = (5.0, 10.0, 20.0)


def beside_eegprep(signals: dict[str, Signal]) -> None:
    """Everything again, sample by sample, against EEGPrep run live."""
    print("\n### Beside EEGPrep 0.4.0, run live\n")
    theirs = answers_of("EEGPREP_PYTHON", "peers.eegprep_asr", questions_of(signals))
    if not theirs:
        print("Not run: EEGPREP_PYTHON names no interpreter.")
        return
    print(EEGPREP_LIVE)
    both = [signal_rows(name, signal, str(i), theirs) for i, (name, signal) in enumerate(signals.items())]
    head = "recording | reference mask | windows mask | mixing matrix | ASR 5 | ASR 10 | ASR 20"
    print_table(head, [equality for equality, _ in both])
    chunked = relative(repaired(*signals[SAMPLE], cutoff=10.0, match_maxmem_mb=64)[0], theirs["0-asr-64"]["data"])
    print(f"\nWith `match_maxmem_mb: 64` and cutoff 10 the relative difference to its MaxMem 64 is {chunked:.1e}.")
    print("\nCPU seconds in one thread (ASR: the three cutoffs together):")
    print_table("recording | asr | EEGPrep | ratio | windows | EEGPrep | ratio", [times for _, times in both])


def signal_rows(
    name: str, signal: Signal, number: str, theirs: dict[str, Arrays]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What is equal on one recording, and the CPU seconds of both."""
    uv, sfreq_hz = signal
    clean, model = our_model(uv, sfreq_hz, 20.0)
    keep, windows_s = our_windows(uv, sfreq_hz)
    reference, windows = theirs[f"{number}-calibration"], theirs[f"{number}-windows"]
    matrix = relative(model.mixing_matrix, reference["M"])
    equal = [np.array_equal(clean, reference["mask"]), np.array_equal(keep, windows["mask"])]
    runs = {cutoff: repaired(uv, sfreq_hz, cutoff=cutoff, match_maxmem_mb=8192) for cutoff in CUTOFFS}
    answers = {cutoff: theirs[f"{number}-asr-{cutoff}"] for cutoff in CUTOFFS}
    errors = [f"{relative(runs[cutoff][0], answers[cutoff]['data']):.1e}" for cutoff in CUTOFFS]
    asr_s, their_s = sum(run[2] for run in runs.values()), sum(float(found["cpu_s"]) for found in answers.values())
    times = (name, *_speed(asr_s, their_s), *_speed(windows_s, float(windows["cpu_s"])))
    return (name, *("equal" if same else "differ" for same in equal), f"{matrix:.1e}", *errors), times


def _speed(our_s: float, their_s: float) -> tuple[str, str, str]:
    return f"{our_s:.2f}", f"{their_s:.2f}", f"{our_s / their_s:.3f}"


def identity(uv: Samples, sfreq_hz: float) -> None:
    """The same bits again, in new processes with one and two BLAS threads."""
    print("\n### The same bits\n")
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "signal.npz"
        np.savez(path, data=uv, sfreq=sfreq_hz)
        digests = [output_of("comparisons.asr_repair", str(path), threads=threads) for threads in (1, 1, 2)]
    print(f"- two processes: {'equal' if digests[0] == digests[1] else 'DIFFERENT'}")
    print(f"- one and two BLAS threads: {'equal' if digests[0] == digests[2] else 'DIFFERENT'}")
    print("- chunk sizes from 1 to 300 updates: equal (tests/signal/asr/test_repair.py, hypothesis)")


def main() -> None:
    """Print the section."""
    print("## ASR and windows")
    signals = signals_compared()
    against_appendix_a(*signals[SAMPLE])
    beside_eegprep(signals)
    identity(*signals[SAMPLE])
    burst_section(*signals[SAMPLE])


if __name__ == "__main__":
    main()
