"""Our ASR on an array; run as a program, the digest of what it makes.

    python -m validation.comparisons.asr_repair SIGNAL.npz

The file holds ``data`` in µV, shape (n_channels, n_times), and ``sfreq``; prints the SHA-256 of the repaired samples as JSON.
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
from typing import Any

import numpy as np

from eegmill.recording import Recording
from eegmill.steps.asr import Asr
from validation.synthetic import Samples, raw_of

Signal = tuple[Samples, float]
"""Samples in µV, shape (n_channels, n_times), and the sampling rate in Hz."""


def repaired(uv: Samples, sfreq_hz: float, **parameters: Any) -> tuple[Samples, Any, float]:
    """Our ASR on samples in µV, shape (n_channels, n_times): samples in µV, decisions, CPU seconds."""
    raw = raw_of(uv, sfreq_hz)
    start = time.process_time()
    done, decisions = Asr(**parameters).apply(Recording(raw), seed=1)
    return done.raw.get_data() * 1e6, decisions, time.process_time() - start


def main(path: str) -> None:
    """Print the digest after ASR with cutoff 5."""
    with np.load(path) as signal:
        done = repaired(signal["data"], float(signal["sfreq"]), cutoff=5.0)[0]
    print(json.dumps(hashlib.sha256(done.tobytes()).hexdigest()))


if __name__ == "__main__":
    main(sys.argv[1])
