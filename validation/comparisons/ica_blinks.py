"""Blinks of a real EOG, added to recordings without any, and taken out again."""

from __future__ import annotations

import warnings
from dataclasses import replace
from pathlib import Path

import mne
import numpy as np

from eegmill.recording import Recording
from eegmill.steps.ica import Ica
from eegmill.steps.iclabel import Iclabel
from eegmill.steps.remove_components import RemoveComponents
from validation.markdown import table
from validation.recordings import eeglab_sample, eegmat

EYES_M = np.array([0.0, 0.09, -0.02])
"""Between the eyes, in the head frame."""
DECAY_M = 0.04
"""Chosen so that the forehead gets most of a blink and the back of the head next to nothing."""


def blinks() -> list[str]:
    """Signal error before and after, per dose and method."""
    rows = []
    for peak_uv in (50, 100, 200):
        errors = [_one(subject, peak_uv) for subject in ("00", "11", "31")]
        for method in errors[0]:
            rows.append((str(peak_uv), method, *(f"{error[method]:.2f}" for error in errors)))
    return [
        "### Blinks: real EOG of `eeglab-sample`, added to `eegmat` (19 channels, rest)",
        "",
        "Root mean square error at the four frontal channels over the root mean square of the clean signal; 0 is perfect. The EOG "
        "is band-passed at 1 to 10 Hz and falls off with the distance to the eyes. Semi-synthetic.",
        *table("blink peak at Fp1, µV | method | subject 00 | subject 11 | subject 31", rows),
    ]


def _one(subject: str, peak_uv: float) -> dict[str, float]:
    clean = resting(subject)
    dirty = with_blinks(clean, peak_uv)
    results = {
        "nothing done": dirty,
        **_ours(dirty),
        "MNE: Picard, find_bads_eog": _mne(dirty),
    }
    front = ["Fp1", "Fp2", "F7", "F8"]
    truth = clean.get_data(picks=front)
    return {
        name: float(np.sqrt(np.mean((raw.get_data(picks=front) - truth) ** 2) / np.mean(truth**2)))
        for name, raw in results.items()
    }


def resting(subject: str, folder: Path | None = None) -> mne.io.BaseRaw:
    """A resting recording of `eegmat`: cleaned by its authors, so that no blink is in it; at 250 Hz from 1 Hz on."""
    return eegmat(subject, folder=folder).filter(1.0, None, verbose="error").resample(250.0, verbose="error")


def with_blinks(clean: mne.io.BaseRaw, peak_uv: float) -> mne.io.BaseRaw:
    """The recording with the EOG of `eeglab-sample` added, and that EOG as a channel."""
    source = eeglab_sample()
    source.filter(1.0, 10.0, verbose="error").resample(250.0, verbose="error")
    eog = source.get_data(picks=["EOG1"])[0, : clean.n_times]
    positions = np.array([channel["loc"][:3] for channel in clean.info["chs"]])
    gains = np.exp(-np.linalg.norm(positions - EYES_M, axis=1) / DECAY_M)
    blink = eog / np.quantile(np.abs(eog), 0.999) * peak_uv * 1e-6 / gains[clean.ch_names.index("Fp1")]
    dirty = clean.copy().crop(0, (eog.size - 1) / 250.0)
    dirty._data += np.outer(gains, blink)
    channel = mne.io.RawArray(blink[None], mne.create_info(["EOG"], 250.0, "eog"), verbose="error")
    channel.set_meas_date(dirty.info["meas_date"])
    return dirty.add_channels([channel], force_update_info=True)


def _ours(raw: mne.io.BaseRaw) -> dict[str, mne.io.BaseRaw]:
    """One decomposition, judged by labels alone, and by labels and the EOG channel."""
    fitted, _ = Ica().apply(Recording(raw), seed=1)
    judges = {
        "eegmill: ica, iclabel": Iclabel(),
        "eegmill: ica, iclabel, eog_correlation 0.8": Iclabel(eog_correlation=0.8),
    }
    cleaned = {}
    for name, judge in judges.items():
        judged, _ = judge.apply(replace(fitted, raw=raw.copy()), seed=1)
        cleaned[name] = RemoveComponents().apply(judged, seed=1)[0].raw
    return cleaned


def _mne(raw: mne.io.BaseRaw) -> mne.io.BaseRaw:
    options = {"ortho": False, "extended": True}
    ica = mne.preprocessing.ICA(method="picard", fit_params=options, random_state=1, verbose="error")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ica.fit(raw, picks="eeg", verbose="error")
        bad, _ = ica.find_bads_eog(raw, verbose="error")
        return ica.apply(raw.copy(), exclude=bad, verbose="error")
