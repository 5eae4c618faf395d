"""Runs EEGPrep's ASR, its calibration and clean_windows in EEGPrep's own environment.

Called by ``asr.py`` as ``python eegprep_asr.py FOLDER``: every ``FOLDER/*.npz`` (``task``, ``data`` in µV, ``sfreq``,
``cutoff``, ``maxmem``, ``fixed``) gets an answer ``FOLDER/*.out.npz`` with the arrays and ``cpu_s``.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from eegprep import clean_asr, clean_windows
from eegprep.plugins.clean_rawdata import asr_process
from eegprep.plugins.clean_rawdata.asr_calibrate import asr_calibrate

SHIPPED = asr_process.finite_pinv


def corrected(matrix: np.ndarray) -> np.ndarray:
    """Pseudo-inverse with the tolerance max(shape)·eps."""
    return np.linalg.pinv(matrix, rcond=max(matrix.shape) * np.finfo(float).eps)


def eeg_of(data: np.ndarray, sfreq: float) -> dict[str, Any]:
    """The least that these functions ask of an EEGLAB structure."""
    n_channels, n_samples = data.shape
    places = [{"labels": f"ch{i}", "X": 1.0, "Y": 0.0, "Z": 0.0, "type": "EEG"} for i in range(n_channels)]
    empty: list[Any] = []
    return {
        "setname": "", "filename": "", "filepath": "", "history": "", "ref": "common", "saved": "no",
        "data": data, "srate": sfreq, "nbchan": n_channels, "pnts": n_samples, "trials": 1,
        "xmin": 0.0, "xmax": (n_samples - 1) / sfreq, "times": np.arange(n_samples) / sfreq * 1000,
        "chanlocs": np.array(places, dtype=object), "chaninfo": {}, "event": empty, "urevent": empty, "epoch": empty,
        "icaweights": np.array([]), "icasphere": np.array([]), "icawinv": np.array([]), "icaact": np.array([]),
        "icachansind": np.array([]), "etc": {}, "reject": {}, "stats": {}, "specdata": empty, "specicaact": empty,
    }  # fmt: skip


def asr(data: np.ndarray, sfreq: float, cutoff: float, maxmem: int) -> dict[str, np.ndarray]:
    """The repaired signal."""
    eeg = clean_asr(
        eeg_of(data, sfreq),
        cutoff=cutoff,
        ref_maxbadchannels=0.075,
        ref_tolerances=(-np.inf, 5.5),
        ref_wndlen=1.0,
        maxmem=maxmem,
    )
    return {"data": np.asarray(eeg["data"], dtype=np.float64)}


def calibration(data: np.ndarray, sfreq: float, cutoff: float, maxmem: int) -> dict[str, np.ndarray]:
    """The mixing matrix, the thresholds, and the shaping filter."""
    clean, mask = clean_windows(eeg_of(data, sfreq), 0.075, (-np.inf, 5.5), 1.0)
    state = asr_calibrate(np.asarray(clean["data"], dtype=np.float64), sfreq, cutoff, maxmem=maxmem)
    return {"mask": np.asarray(mask), **{key: np.asarray(state[key]) for key in "MTBA"}}


def windows(data: np.ndarray, sfreq: float, _cutoff: float, _maxmem: int) -> dict[str, np.ndarray]:
    """Which samples clean_windows keeps."""
    return {"mask": np.asarray(clean_windows(eeg_of(data, sfreq), 0.25, (-np.inf, 7))[1])}


TASKS = {"asr": asr, "calibration": calibration, "windows": windows}


def main(folder: Path) -> None:
    """Answer every question in the folder."""
    for question in sorted(folder.glob("*.npz")):
        with np.load(question) as asked:
            task, data = TASKS[str(asked["task"])], asked["data"]
            sfreq, cutoff, maxmem = float(asked["sfreq"]), float(asked["cutoff"]), int(asked["maxmem"])
            asr_process.finite_pinv = corrected if asked["fixed"] else SHIPPED
        start = time.process_time()
        answer = task(data.copy(), sfreq, cutoff, maxmem)
        np.savez(question.with_suffix(".out.npz"), cpu_s=time.process_time() - start, **answer)


main(Path(sys.argv[1]))
