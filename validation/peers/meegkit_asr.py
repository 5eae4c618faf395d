"""CPU seconds of meegkit's ASR on an array (``.npy``, shape (n_channels, n_times)): prints JSON."""

from __future__ import annotations

import json
import sys
import time

import numpy as np
from meegkit.asr import ASR


def main(path: str, sfreq_hz: float) -> None:
    """Calibrate on everything, repair and print."""
    data = np.load(path)
    started = time.process_time()
    asr = ASR(sfreq=sfreq_hz, cutoff=20)
    asr.fit(data)
    asr.transform(data)
    print(json.dumps([["asr", "meegkit 0.2.0, calibrated on everything", time.process_time() - started]]))


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
