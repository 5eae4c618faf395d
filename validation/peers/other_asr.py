"""Runs asrpy, meegkit and mne-denoise in their own environment.

Every ``FOLDER/<peer>-*.npz`` (``data`` in µV, ``sfreq``,
``cutoff``) gets an answer ``FOLDER/<peer>-*.out.npz`` with ``data`` and ``cpu_s``, or with ``error``.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mne
import numpy as np
from numpy.typing import NDArray

mne.set_log_level("ERROR")


def asrpy(data: NDArray[Any], sfreq: float, cutoff: float) -> NDArray[Any]:
    """Volts in an MNE Raw, as its manual asks for."""
    from asrpy import ASR

    raw = mne.io.RawArray(data * 1e-6, mne.create_info(len(data), sfreq, "eeg"))
    asr = ASR(sfreq=sfreq, cutoff=cutoff)
    asr.fit(raw)
    return np.asarray(asr.transform(raw).get_data() * 1e6)


def meegkit(data: NDArray[Any], sfreq: float, cutoff: float) -> NDArray[Any]:
    """The batch form, calibrated on the recording itself."""
    from meegkit.asr import ASR

    asr = ASR(sfreq=sfreq, cutoff=cutoff, method="euclid")
    asr.fit(data)
    return np.asarray(asr.transform(data))


def mnedenoise(data: NDArray[Any], sfreq: float, cutoff: float) -> NDArray[Any]:
    """The transformer on a Raw."""
    from mne_denoise.asr import ASR

    raw = mne.io.RawArray(data * 1e-6, mne.create_info(len(data), sfreq, "eeg"))
    return np.asarray(ASR(cutoff=cutoff).fit_transform(raw).get_data() * 1e6)


PEERS: dict[str, Callable[[NDArray[Any], float, float], NDArray[Any]]] = {
    "asrpy": asrpy,
    "meegkit": meegkit,
    "mnedenoise": mnedenoise,
}


def main(folder: Path) -> None:
    """Answer every question in the folder; a peer that fails is an answer too."""
    for question in sorted(folder.glob("*.npz")):
        with np.load(question) as asked:
            data, sfreq, cutoff = asked["data"], float(asked["sfreq"]), float(asked["cutoff"])
        start = time.process_time()
        try:
            answer: dict[str, Any] = {"data": PEERS[question.name.split("-")[0]](data.copy(), sfreq, cutoff)}
        except Exception as error:  # whatever a peer raises belongs into the table
            answer = {"error": np.array(f"{type(error).__name__}: {error}")}
        np.savez(question.with_suffix(".out.npz"), cpu_s=time.process_time() - start, **answer)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
