"""Runs EEGPrep's flat-line test, drift filter and resampling in EEGPrep's own environment.

Every ``FOLDER/<function>-<name>.npz`` (``data`` in µV,
``sfreq``) gets an answer ``FOLDER/<function>-<name>.out.npz`` (``data``, ``cpu_s``).
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from eegprep import clean_drifts, clean_flatlines, pop_resample

from validation.peers.eeglab_structure import eeg_of

FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "flatlines": lambda eeg: clean_flatlines(eeg, 5.0, 20.0),
    "drifts": lambda eeg: clean_drifts(eeg, (0.25, 0.75), 80.0),
    "resample100": lambda eeg: pop_resample(eeg, 100),
    "resample64": lambda eeg: pop_resample(eeg, 64),
}


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
        labels = [channel["labels"] for channel in done["chanlocs"]]
        np.savez(question.with_suffix(".out.npz"), data=done["data"], labels=labels, cpu_s=min(taken))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
