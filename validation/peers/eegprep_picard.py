"""EEGPrep's Picard: of every ``*.npz`` (``data`` in µV, ``sfreq``), ``weights`` and ``cpu_s`` into ``*.out.npz``."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from pathlib import Path

import numpy as np
from eegprep import eeg_picard


def main(folder: Path) -> None:
    """Answer every question in the folder."""
    for question in sorted(folder.glob("*.npz")):
        with np.load(question) as asked:
            data, sfreq_hz = asked["data"], float(asked["sfreq"])
        n_channels, n_times = data.shape
        eeg = {"data": data, "nbchan": n_channels, "pnts": n_times, "trials": 1, "srate": sfreq_hz, "chanlocs": []}
        started = time.process_time()
        with Path(os.devnull).open("w") as nowhere, contextlib.redirect_stdout(nowhere):
            eeg = eeg_picard({**eeg, "icaact": None})
        weights = eeg["icaweights"] @ eeg["icasphere"]
        np.savez(question.with_suffix(".out.npz"), weights=weights, cpu_s=time.process_time() - started)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
