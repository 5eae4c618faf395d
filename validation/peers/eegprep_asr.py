"""Runs EEGPrep's ASR, its calibration and clean_windows in EEGPrep's own environment.

Every ``FOLDER/*.npz`` (``task``, ``data`` in µV, ``sfreq``,
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
from numpy.typing import NDArray

from validation.peers.eeglab_structure import eeg_of

SHIPPED = asr_process.finite_pinv


def corrected(matrix: NDArray[Any]) -> NDArray[Any]:
    """Pseudo-inverse with the tolerance max(shape)·eps."""
    return np.linalg.pinv(matrix, rcond=max(matrix.shape) * np.finfo(float).eps)


def asr(data: NDArray[Any], sfreq: float, cutoff: float, maxmem: int) -> dict[str, NDArray[Any]]:
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


def calibration(data: NDArray[Any], sfreq: float, cutoff: float, maxmem: int) -> dict[str, NDArray[Any]]:
    """The mixing matrix, the thresholds, and the shaping filter."""
    clean, mask = clean_windows(eeg_of(data, sfreq), 0.075, (-np.inf, 5.5), 1.0)
    state = asr_calibrate(np.asarray(clean["data"], dtype=np.float64), sfreq, cutoff, maxmem=maxmem)
    return {"mask": np.asarray(mask), **{key: np.asarray(state[key]) for key in "MTBA"}}


def windows(data: NDArray[Any], sfreq: float, _cutoff: float, _maxmem: int) -> dict[str, NDArray[Any]]:
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
        answer: dict[str, Any] = task(data.copy(), sfreq, cutoff, maxmem)
        np.savez(question.with_suffix(".out.npz"), cpu_s=time.process_time() - start, **answer)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
