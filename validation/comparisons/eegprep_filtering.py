"""Runs EEGPrep's flat-line test, drift filter and resampling in EEGPrep's own environment.

Called by ``filtering.py`` as ``python eegprep_filtering.py FOLDER``: every ``FOLDER/<function>-<name>.npz`` (``data`` in µV,
``sfreq``) gets an answer ``FOLDER/<function>-<name>.out.npz`` (``data``, ``cpu_s``).
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from eegprep import clean_drifts, clean_flatlines, pop_resample

FUNCTIONS = {
    "flatlines": lambda eeg: clean_flatlines(eeg, 5.0, 20.0),
    "drifts": lambda eeg: clean_drifts(eeg, (0.25, 0.75), 80.0),
    "resample100": lambda eeg: pop_resample(eeg, 100),
    "resample64": lambda eeg: pop_resample(eeg, 64),
}


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


def main(folder: Path) -> None:
    """Answer every question in the folder."""
    for question in sorted(folder.glob("*-*.npz")):
        function = FUNCTIONS[question.name.split("-")[0]]
        with np.load(question) as asked:
            data, sfreq = asked["data"].astype(np.float64), float(asked["sfreq"])
        taken = []
        for _ in range(3):
            eeg = eeg_of(data.copy(), sfreq)
            start = time.process_time()
            done = function(eeg)
            taken.append(time.process_time() - start)
        labels = [place["labels"] for place in done["chanlocs"]]
        np.savez(question.with_suffix(".out.npz"), data=done["data"], labels=labels, cpu_s=min(taken))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
