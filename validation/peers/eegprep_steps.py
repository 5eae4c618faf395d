"""CPU seconds of EEGPrep's steps on one recording, a ``.set`` file: prints JSON."""

from __future__ import annotations

import json
import sys
import time
import warnings
from collections.abc import Callable
from typing import Any

import eegprep
import numpy as np
from threadpoolctl import threadpool_limits

warnings.filterwarnings("ignore")
STEPS: dict[str, Callable[[Any], Any]] = {
    "flatline": lambda eeg: eegprep.clean_flatlines(eeg),
    "clean_drifts": lambda eeg: eegprep.clean_drifts(eeg, (0.25, 0.75)),
    "bad_channels": lambda eeg: eegprep.clean_channels(eeg, 0.8, 4.0, 5, 0.5, 50, 0.25),
    "asr": lambda eeg: eegprep.clean_asr(eeg, 20.0, ref_tolerances=(-np.inf, 5.5)),
    "windows": lambda eeg: eegprep.clean_windows(eeg, 0.25, (-np.inf, 7))[0],
    "ica": lambda eeg: eegprep.eeg_picard(eeg),
    "reference": lambda eeg: eegprep.pop_reref(eeg, []),
}


def main(path: str) -> None:
    """Run and print."""
    eeg, times = eegprep.pop_loadset(path), {}
    with threadpool_limits(limits=1):
        for name, step in STEPS.items():
            started = time.process_time()
            eeg = step(eeg)
            times[name] = time.process_time() - started
    print(json.dumps({"total": sum(times.values()), "steps": times}))


if __name__ == "__main__":
    main(sys.argv[1])
