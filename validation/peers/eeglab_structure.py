"""EEGLAB's structure, as EEGPrep's functions take it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def eeg_of(data: NDArray[Any], sfreq_hz: float) -> dict[str, Any]:
    """As little of an EEGLAB structure as the functions ask for; ``data`` in µV, shape (n_channels, n_times)."""
    n_channels, n_times = data.shape
    channels = [{"labels": f"ch{i}", "X": 1.0, "Y": 0.0, "Z": 0.0, "type": "EEG"} for i in range(n_channels)]
    empty: list[Any] = []
    return {
        "setname": "", "filename": "", "filepath": "", "history": "", "ref": "common", "saved": "no",
        "data": data, "srate": sfreq_hz, "nbchan": n_channels, "pnts": n_times, "trials": 1,
        "xmin": 0.0, "xmax": (n_times - 1) / sfreq_hz, "times": np.arange(n_times) / sfreq_hz * 1000,
        "chanlocs": np.array(channels, dtype=object), "chaninfo": {}, "event": empty, "urevent": empty, "epoch": empty,
        "icaweights": np.array([]), "icasphere": np.array([]), "icawinv": np.array([]), "icaact": np.array([]),
        "icachansind": np.array([]), "etc": {}, "reject": {}, "stats": {}, "specdata": empty, "specicaact": empty,
    }  # fmt: skip
