"""EEGPrep's ICLabel: its features of a decomposition, and its own labels where this Python has torch.

Of every ``*.npz`` (``source`` and ``located``, the paths of recordings; ``corrected``; ``n_components``), the answer into ``*.out.npz``.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from eegprep import ICL_feature_extractor, clean_drifts, eeg_picard, iclabel, pop_loadset

SHIPPED = np.linalg.pinv


def corrected(matrix: Any) -> Any:
    """Pseudo-inverse with the tolerance max(shape)·eps."""
    return SHIPPED(matrix, rcond=max(matrix.shape) * np.finfo(float).eps)


def decomposed(source: str, located: str, n_components: int) -> dict[str, Any]:
    """A recording with its decomposition: that of the file, or EEGPrep's own where the file is the one with positions."""
    eeg: dict[str, Any] = pop_loadset(source)
    if source != located:
        eeg["chanlocs"] = pop_loadset(located)["chanlocs"]
        return eeg
    scalp = [i for i, channel in enumerate(eeg["chanlocs"]) if not channel["labels"].startswith("EOG")]
    eeg.update(data=eeg["data"][scalp], chanlocs=eeg["chanlocs"][scalp], nbchan=len(scalp))
    found: dict[str, Any] = eeg_picard(clean_drifts(eeg, (0.25, 0.75), 80.0), n_components=n_components)
    return found


def answer(question: dict[str, Any]) -> dict[str, Any]:
    """Features, and labels where there is torch; with what they were computed from."""
    setattr(np.linalg, "pinv", corrected if question["corrected"] else SHIPPED)  # noqa: B010 - a defect of theirs is put right
    with Path(os.devnull).open("w") as nowhere, contextlib.redirect_stdout(nowhere):
        eeg = decomposed(str(question["source"]), str(question["located"]), int(question["n_components"]))
    started = time.process_time()
    maps, spectra, lags = ICL_feature_extractor(eeg, True)
    found = {"maps": maps, "spectra": spectra, "lags": lags, "cpu_s": time.process_time() - started}
    if importlib.util.find_spec("torch"):
        eeg = iclabel(eeg)
        found["table"] = eeg["etc"]["ic_classification"]["ICLabel"]["classifications"]
    return {**found, "data": eeg["data"], "mixing": eeg["icawinv"], "sfreq": eeg["srate"]}


def main(folder: Path) -> None:
    """Answer every question in the folder."""
    for question in sorted(folder.glob("*.npz")):
        with np.load(question) as asked:
            found = answer(dict(asked))
        np.savez(question.with_suffix(".out.npz"), **found)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
