"""EEGPrep's whole pipeline, for CleanBench: what ``bids_preproc`` does to one recording, by its defaults, with Picard and ICLabel.

python -m validation.peers.eegprep_cleaner eegprep QUESTION ... FOLDER
"""

from __future__ import annotations

import contextlib
import copy
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from eegprep import (
    clean_artifacts,
    clean_channels,
    clean_drifts,
    clean_flatlines,
    eeg_icflag,
    eeg_interp,
    eeg_picard,
    iclabel,
    pop_reref,
    pop_subcomp,
)

from validation.cleanbench.exchange import Answer, Question, Samples
from validation.peers.cleaners import answer_all, arguments
from validation.peers.eeglab_structure import eeg_of

if TYPE_CHECKING:
    import mne

DRIFTS_HZ = (0.25, 0.75)
NONE = [np.nan, np.nan]
FLAGGED = np.array([NONE, [0.9, 1.0], [0.9, 1.0], NONE, NONE, NONE, NONE])
"""Muscle and eye from 0.9 on."""


def structure(question: Question) -> dict[str, Any]:
    """A question as EEGLAB's structure, in µV."""
    eeg = eeg_of(question.data * 1e6, question.sfreq_hz)
    centred = question.positions - (0.0, 0.0, 0.04)
    for channel, name, (x, y, z) in zip(eeg["chanlocs"], question.names, centred, strict=True):
        # EEGLAB's x axis points to the nose, MNE's y axis does
        channel.update(labels=name, X=y, Y=-x, Z=z, theta=float(np.degrees(np.arctan2(x, y))))
        elevation = np.degrees(np.arctan2(z, np.hypot(x, y)))
        channel.update(radius=float(0.5 - elevation / 180), sph_theta=-channel["theta"], sph_phi=float(elevation))
        channel.update(sph_radius=float(np.linalg.norm((x, y, z))), urchan=None, ref="")
    return eeg


def only_channels(question: Question) -> Answer:
    """Flat lines, drifts, and bad channels."""
    before = structure(question)
    after = clean_flatlines(copy.deepcopy(before), 5.0)
    after = clean_channels(clean_drifts(after, DRIFTS_HZ, 80.0), 0.8, 4.0, 5, 0.5, 50, 0.25)
    return Answer(question.data, question.sfreq_hz, question.names, bad_channels=missing(question, after))


def missing(question: Question, eeg: dict[str, Any]) -> tuple[str, ...]:
    """The channels of a question that are no longer there."""
    left = {channel["labels"] for channel in eeg["chanlocs"]}
    return tuple(name for name in question.names if name not in left)


def clean(question: Question) -> Answer:
    """All steps, silently."""
    with Path(os.devnull).open("w") as nowhere, contextlib.redirect_stdout(nowhere):
        return only_channels(question) if question.only_channels else cleaned(question)


def cleaned(question: Question) -> Answer:
    """All steps; windows that were cut out come back as zeros that are marked bad."""
    whole = structure(question)
    eeg, *_ = clean_artifacts(copy.deepcopy(whole), BurstRejection="off")
    bad = missing(question, eeg)
    kept = np.asarray(eeg["etc"].get("clean_sample_mask", np.ones(whole["pnts"])), bool)
    eeg = iclabel(eeg_picard(eeg))
    n_before = len(eeg["icaweights"])
    eeg = pop_subcomp(eeg_icflag(eeg, FLAGGED), gui=False)
    n_removed = n_before - len(eeg["icaweights"])
    eeg = eeg_interp(eeg, list(whole["chanlocs"])) if bad else eeg
    eeg = pop_reref(eeg, [], gui=False)
    data = np.zeros((len(question.names), whole["pnts"]))
    data[:, kept] = in_order(eeg, question) * 1e-6
    return Answer(data, question.sfreq_hz, question.names, bad, n_removed, bad_s=stretches(~kept) / question.sfreq_hz)


def in_order(eeg: dict[str, Any], question: Question) -> Samples:
    """The samples in the order of the question's channels."""
    place = {channel["labels"]: i for i, channel in enumerate(eeg["chanlocs"])}
    return np.asarray(eeg["data"], float)[[place[name] for name in question.names]]


def stretches(mask: Any) -> Samples:
    """Starts and ends of where a mask is true, shape (n, 2)."""
    edges = np.flatnonzero(np.diff(np.r_[False, mask, False].astype(int)))
    return edges.reshape(-1, 2).astype(float)


def filters(raw: mne.io.BaseRaw) -> mne.io.BaseRaw:
    """The drift filter alone."""
    eeg = eeg_of(raw.get_data() * 1e6, float(raw.info["sfreq"]))
    raw._data[:] = np.asarray(clean_drifts(eeg, DRIFTS_HZ, 80.0)["data"]) * 1e-6
    return raw


if __name__ == "__main__":
    _, paths = arguments()
    answer_all(clean, filters, paths)
