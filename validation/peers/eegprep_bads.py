"""Runs EEGPrep's bad-channel test and interpolation in EEGPrep's own environment.

Every ``FOLDER/<function>-<name>.npz`` (``data`` in µV, ``sfreq``,
``positions``, and the function's options) gets an answer ``FOLDER/<function>-<name>.out.npz``.
"""

from __future__ import annotations

import copy
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from eegprep import clean_channels, clean_channels_nolocs, clean_drifts, clean_flatlines, eeg_interp
from numpy.typing import NDArray

from validation.peers.eeglab_structure import eeg_of


def located(question: dict[str, NDArray[Any]]) -> dict[str, Any]:
    """An EEGLAB structure with electrode positions."""
    eeg = eeg_of(question["data"].astype(np.float64), float(question["sfreq"]))
    for channel, position in zip(eeg["chanlocs"], question["positions"], strict=True):
        channel.update(dict(zip("XYZ", map(float, position), strict=True)))
    return eeg


def bad_of(before: dict[str, Any], after: dict[str, Any]) -> NDArray[Any]:
    """Which channels of the first are missing in the second."""
    left = {channel["labels"] for channel in after["chanlocs"]}
    return np.array([channel["labels"] not in left for channel in before["chanlocs"]])


def before_channels(eeg: dict[str, Any], question: dict[str, NDArray[Any]]) -> dict[str, Any]:
    """Without flat lines and, where the question is of a recording as it was made, without drifts."""
    eeg = clean_flatlines(copy.deepcopy(eeg), 5.0)
    return clean_drifts(eeg, (0.25, 0.75), 80.0) if "drifts" in question else eeg


def channels(eeg: dict[str, Any], question: dict[str, NDArray[Any]]) -> dict[str, Any]:
    """Flat lines, then noise and RANSAC; everything is bad where EEGPrep gives up."""
    noise, correlation, broken = (float(x) for x in question["options"])
    try:
        start = time.process_time()
        done = clean_channels(before_channels(eeg, question), correlation, noise, 5, broken, 50, 0.25)
        return {"bad": bad_of(eeg, done), "cpu_s": time.process_time() - start, "error": ""}
    except Exception as error:
        return {"bad": np.ones(eeg["nbchan"], bool), "cpu_s": 0.0, "error": str(error)}


def nolocs(eeg: dict[str, Any], question: dict[str, NDArray[Any]]) -> dict[str, Any]:
    """Flat lines, then correlation with the other channels."""
    try:
        done, _ = clean_channels_nolocs(before_channels(eeg, question), 0.45, 0.1, 2.0, 0.5, True)
        return {"bad": bad_of(eeg, done), "error": ""}
    except Exception as error:
        return {"bad": np.ones(eeg["nbchan"], bool), "error": str(error)}


def interpolation(eeg: dict[str, Any], question: dict[str, NDArray[Any]]) -> dict[str, Any]:
    """Interpolated channels, in µV."""
    bads = [int(i) for i in question["bads"]]
    params = tuple(float(x) for x in question["options"])
    done = eeg_interp(
        eeg, bads, method="spherical", params=(params[0], int(params[1]), int(params[2])), dtype="float64"
    )
    return {"data": np.asarray(done["data"])[bads]}


FUNCTIONS = {"channels": channels, "nolocs": nolocs, "interpolation": interpolation}


def main(folder: Path) -> None:
    """Answer every question in the folder."""
    for path in sorted(folder.glob("*-*.npz")):
        with np.load(path) as asked:
            question = dict(asked)
        function = FUNCTIONS[path.name.split("-")[0]]
        if "warm" in question:
            function(located(question), question)  # the first run pays for imports and caches
        np.savez(path.with_suffix(".out.npz"), **function(located(question), question))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
