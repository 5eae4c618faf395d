"""Ways to find bad channels: ours, and those of PyPREP, MNE and EEGPrep."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import mne
import numpy as np

from eegmill.errors import Rejected
from eegmill.recording import Recording
from eegmill.signal.sphere import sphere_centre
from eegmill.steps.bad_channels import BadChannels
from eegmill.steps.clean_drifts import CleanDrifts
from eegmill.steps.flatline import Flatline
from validation.processes import Arrays, answers_of

mne.set_log_level("ERROR")
warnings.simplefilter("ignore")
Questions = dict[str, dict[str, Any]]
DEFAULT_OPTIONS = (4.0, 0.8, 0.5)
"""Of EEGPrep's clean_channels: noise, correlation, share of time."""
CRITERIA_ONLY: dict[str, Any] = {
    "clipped": None,
    "bridges": False,
    "max_still_fraction": 0.999,
    "max_bad_fraction": 1.0,
}
"""Ours with the criteria of EEGPrep alone."""


def ask_eegprep(questions: Questions) -> dict[str, Arrays]:
    """EEGPrep's answers, from its own interpreter; none where there is no such interpreter."""
    return answers_of("EEGPREP_PYTHON", "peers.eegprep_bads", questions)


def question(raw: mne.io.BaseRaw, **more: object) -> dict[str, Any]:
    """A recording as EEGPrep is asked about it."""
    positions = np.array([channel["loc"][:3] for channel in raw.info["chs"]])
    # EEGPrep takes directions from the origin; MNE's head frame has it between the ears.
    centred = positions - sphere_centre(positions)
    return {"data": raw.get_data() * 1e6, "sfreq": raw.info["sfreq"], "positions": centred, **more}


def without_drifts(raw: mne.io.BaseRaw) -> mne.io.BaseRaw:
    """The recording behind EEGPrep's drift filter."""
    return CleanDrifts().apply(Recording(raw.copy()), seed=1)[0].raw


def ours(
    raw: mne.io.BaseRaw, *, filtered: bool = False, clipped: float | None = 0.01, **parameters: Any
) -> frozenset[str]:
    """Flat and clipped channels, the drift filter (unless ``filtered``), then bad channels, as in the recipe ``eegprep``.

    Everything where the recording is rejected.
    """
    try:
        recording, _ = Flatline(max_saturated_fraction=clipped).apply(Recording(raw.copy()), seed=1)
        if not filtered:
            recording, _ = CleanDrifts().apply(recording, seed=1)
        recording, _ = BadChannels(**parameters).apply(recording, seed=1)
    except Rejected:
        return frozenset(raw.ch_names)
    return frozenset(recording.raw.info["bads"])


def pyprep(raw: mne.io.BaseRaw, *, filtered: bool = False) -> frozenset[str]:
    """PyPREP's NoisyChannels with all its detectors, behind the drift filter."""
    from pyprep import NoisyChannels

    noisy = NoisyChannels(raw.copy() if filtered else without_drifts(raw), random_state=1)
    noisy.find_all_bads()
    return frozenset(str(name) for name in noisy.get_bads())


def lof(raw: mne.io.BaseRaw, *, filtered: bool = False) -> frozenset[str]:
    """MNE's local outlier factor, behind the drift filter."""
    return frozenset(
        mne.preprocessing.find_bad_channels_lof(raw.copy() if filtered else without_drifts(raw), picks="eeg")
    )


METHODS: dict[str, Callable[[mne.io.BaseRaw], frozenset[str]]] = {
    "eegmill clean_rawdata": ours,
    "eegmill prep": lambda raw: ours(raw, method="prep"),
    "eegmill nolocs": lambda raw: ours(raw, method="clean_rawdata_nolocs"),
    "PyPREP": pyprep,
    "MNE LOF": lof,
}
